import Access
import EventSchema
import Foundation
import Identifiers
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

/// A connection lasts only as long as its bearer may have it.
@Suite(.timeLimit(.minutes(10))) struct LiveRevocationTests {
    /// What ends a connection, and the word with which it ends.
    enum Change: String, CaseIterable {
        case userDeactivated = "user_deactivated"
        case tenantSuspended = "tenant_suspended"
        case sessionEnded = "session_ended"
        case roleTaken = "permission_missing"
        case keyForgotten = "token_invalid"

        func apply(to authenticator: Authenticator, session: SessionID) async {
            switch self {
            case .userDeactivated:
                authenticator.learn(UserState.sample(.anna, of: .sunfield, roles: ["reader"], isActive: false))
            case .tenantSuspended:
                var tenant = TenantState.sample(startWindow: nil)
                tenant.isSuspended = true
                authenticator.learn(tenant)
            case .sessionEnded:
                authenticator.end(SessionEnded(session: session, user: .anna, endedAt: Date()))
            case .roleTaken: authenticator.learn(UserState.sample(.anna, of: .sunfield, roles: []))
            case .keyForgotten: await authenticator.forgetKey(TestAuthority.kid)
            }
        }
    }

    @Test(arguments: Change.allCases) func aBearerWhoCountsNoMoreIsSentAway(change: Change) async throws {
        try await LiveSite.run { site in
            site.authority.grant("reader", [Grant(.workOrderRead)])
            try await site.gateway { gateway in
                let session = SessionID.new()
                let token = try await site.token(.anna, roles: ["reader"], session: session)
                let path = "/api/v1/live?kinds=workorders"
                let socket = try await WebSocketClient.following([.workOrders], port: gateway.port, token: token).client
                let stream = try await EventClient.open(port: gateway.port, path, token: token)
                #expect(try await stream.next()?.json["type"] as? String == "subscribed")
                // Whoever is not concerned stays.
                let other = try await site.token(.sample(7), of: .windward)
                let bystander = try await WebSocketClient.following([.workOrders], port: gateway.port, token: other)
                    .client
                await change.apply(to: site.authority.authenticator, session: session)
                #expect(try await socket.closeCode() == 4403)
                #expect(try await stream.next()?.json["reason"] as? String == change.rawValue)
                #expect(try await stream.next() == nil)
                guard change != .keyForgotten else { return }
                try await site.publish([WorkOrderState.sample(of: .windward)], of: .windward)
                #expect(try await bystander.events(1).records.count == 1)
            }
        }
    }

    @Test func aKeyOfAMachineThatWasRevokedEndsItsConnection() async throws {
        try await LiveSite.run { site in
            let text = APIKeyText(id: .sample(8), secret: "secret")
            let key = APIKeyState(
                id: text.id,
                tenant: .sunfield,
                hash: Data(text.hash),
                roles: [LiveSite.everything],
                sites: [],
                assets: [],
                expiresAt: Date() + 60
            )
            site.authority.authenticator.learn(key)
            try await site.gateway { gateway in
                let client = try await WebSocketClient.following([.alerts], port: gateway.port, token: text.text).client
                site.authority.authenticator.forgetAPIKey(key.id)
                #expect(try await client.closeCode() == 4403)
            }
        }
    }

    /// What somebody may no longer see stops at once, and what may have changed meanwhile has to be loaded anew.
    @Test func aNarrowerReachCountsAtOnce() async throws {
        try await LiveSite.run { site in
            site.authority.grant("reader", [Grant(.workOrderRead, .sites)])
            site.authority.place(.anna, of: .sunfield, Membership(sites: [.sample(30), .sample(31)]))
            try await site.gateway { gateway in
                let token = try await site.token(.anna, roles: ["reader"])
                let client = try await WebSocketClient.following([.workOrders], port: gateway.port, token: token).client
                try await site.publish([WorkOrderState.at(1, asset: 20, site: 31)])
                #expect(try await client.events(1).records.count == 1)
                site.authority.place(.anna, of: .sunfield, Membership(sites: [.sample(30)]))
                let told = try await client.json()
                #expect((told["type"] as? String, told["reason"] as? String) == ("reset", "access_changed"))
                try await site.publish([
                    WorkOrderState.at(2, asset: 20, site: 31), WorkOrderState.at(3, asset: 20, site: 30),
                ])
                #expect(try await client.events(1).records.map(\.id) == [WorkOrderID.sample(3).description])
            }
        }
    }

    @Test func aTokenThatExpiresEndsTheConnectionUnlessAnotherOneComes() async throws {
        try await LiveSite.run { site in
            try await site.gateway { gateway in
                // Long enough for both to connect and for one to send another token, however busy the machine is.
                let short = try await site.token(.anna, expiresIn: 15)
                let ends = try await WebSocketClient.following([.alerts], port: gateway.port, token: short).client
                let stays = try await WebSocketClient.following([.alerts], port: gateway.port, token: short).client
                stays.send(#"{"type":"token","token":"\#(try await site.token(.bo))"}"#)
                #expect(try await stays.json()["code"] as? String == "token_of_another")
                stays.send(#"{"type":"token","token":"\#(try await site.token(.anna))"}"#)
                #expect(try await stays.json()["type"] as? String == "token")
                #expect(try await ends.closeCode() == 4401)
                try await site.publish([AlertChanged.sample(60)])
                #expect(try await stays.events(1).records.count == 1)
            }
        }
    }
}
