import EventSchema
import Foundation
import Identifiers
import LocalServers
import Messaging
import Postgres
import TestSupport
import Testing

@testable import Notification

/// Of somebody who was erased, this service keeps only the id.
@Suite struct ErasureTests {
    private static func state(_ version: Int64, erased: Bool) -> UserState {
        var state = UserState.sample(.anna, of: .sunfield, roles: erased ? [] : ["supervisor"])
        state.version = version
        (state.email, state.displayName) = ("canary@example.com", "Canaryname")
        if erased { (state.email, state.displayName) = (UserState.erasedAddress(of: .anna), UserState.erasedName) }
        state.isActive = !erased
        return state
    }

    @Test func namesAndAddressesAreForgotten() async throws {
        try await AccountMailTests.withMailServer { store, loop, server, _ in
            let database = store.database
            try await database.handle(Self.state(1, erased: false)) { try await store.put($0.event, $1) }
            let sent = try AccountMailTests.mail(.invitation, token: "the-token")
            try await database.handle(sent, by: MailConsumer(store: loop.store).handle)
            await loop.drain()
            #expect(try server.mails().count == 1)
            #expect(try await recipients(database) == ["canary@example.com"])
            // One more waits.
            let waiting = try AccountMailTests.mail(.invitation, token: "another-token")
            try await database.handle(waiting, by: MailConsumer(store: loop.store).handle)
            try await database.handle(Self.state(2, erased: true)) { try await store.put($0.event, $1) }
            await loop.drain()
            #expect(try server.mails().count == 1)
            let rows =
                try await database.owner.query("SELECT n::text AS row FROM notifications n")
                + database.owner.query("SELECT u::text AS row FROM users u")
            for row in rows { #expect(try !(row["row"] as String).lowercased().contains("canary")) }
            let told = try await database.outbox(of: NotificationDelivered.self)
            #expect(told.map(\.outcome) == [.sent, .failed])
            #expect(told.last?.error == "the person's data were erased")
            // An older state that is read again brings nothing back.
            try await database.handle(Self.state(1, erased: false)) { try await store.put($0.event, $1) }
            #expect(try await database.owner.count("SELECT count(*) FROM users WHERE email LIKE 'canary%'") == 0)
        }
    }

    private func recipients(_ database: Database) async throws -> [String?] {
        try await database.owner.query("SELECT recipient FROM notifications").map { try $0["recipient"] }
    }
}
