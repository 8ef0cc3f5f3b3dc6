import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import LocalServers
import Postgres
import Sealing
import Synchronization
import TestSupport
import Testing

@testable import Notification

/// Mails about accounts, through a real mail server.
@Suite struct AccountMailTests {
    @Test func aMailHasTheLinkWhichIsStoredOnlySealed() async throws {
        try await Self.withMailServer { store, loop, server, clock in
            let mail = try Self.mail(.invitation, token: "the-token")
            // The request may come before the person's state.
            try await store.database.handle(mail, by: MailConsumer(store: loop.store).handle)
            await loop.drain()
            #expect(try server.mails().isEmpty)
            try await store.addPeople()
            clock.withLock { $0 += 10 }
            await loop.drain()
            let text = try #require(try server.mails().first)
            for part in [
                "https://dcmms.example.com/account#invitation=the-token", "Your invitation to dCMMS",
                "\(UserID.anna)@example.com", "until 2026-06-08T12:00:00Z",
            ] { #expect(text.contains(part), "\(part)") }
            let row = try #require(try await store.database.of(.sunfield).first("SELECT * FROM notifications"))
            #expect((try row["status"], try row["subject"]) == ("sent", "Your invitation to dCMMS"))
            #expect(try row["token"] as [UInt8]? == nil && row["body"] as String? == nil)
            let told = try #require(try await store.database.outbox(of: NotificationDelivered.self).first)
            #expect((told.outcome, told.alert, told.user) == (.sent, nil, .anna))
        }
    }

    @Test func theTokenIsForgottenWhenAMailIsTooLate() async throws {
        try await Self.withMailServer { store, loop, server, clock in
            let mail = try Self.mail(.passwordReset, token: "the-token", lifetime: 1800)
            try await store.database.handle(mail, by: MailConsumer(store: loop.store).handle)
            await loop.drain()
            try await store.addPeople()
            clock.withLock { $0 += 1800 }
            await loop.drain()
            #expect(try server.mails().isEmpty)
            let row = try #require(try await store.database.of(.sunfield).first("SELECT * FROM notifications"))
            #expect((try row["status"], try row["error"]) == ("failed", "it is too late for this mail"))
            #expect(try row["token"] as [UInt8]? == nil)
        }
    }

    @Test func theListShowsThatAMailWasSentButNotItsText() async throws {
        try await withNotification { client, store in
            let server = try await MailServer.start(
                in: TestServers.directory.appending(path: "mail-\(UUID())"),
                port: try Port.free()
            )
            try await store.addPeople()
            let loop = try DeliveryTests.loop(client, store, port: server.port) { .noon }
            let mail = try Self.mail(.passwordChanged, token: nil)
            try await store.database.handle(mail, by: MailConsumer(store: loop.store).handle)
            await loop.drain()
            let listed = try #require(try await client.send(.get, "/api/v1/notifications").items.first)
            #expect(
                (listed["status"] as? String, listed["subject"] as? String) == ("sent", "Your password was changed")
            )
            #expect(listed["alertId"] == nil && listed["body"] == nil)
            await server.process.stop()
        }
    }

    @Test(arguments: MailTemplate.allCases)
    func everyMailThatIsKnownHasAText(template: MailTemplate) {
        let mail = AccountMail(template, to: "Anna", site: "https://x", token: "t", until: .noon)
        #expect((mail == nil) == (template == .unknown))
        let notices: [MailTemplate] = [
            .passwordChanged, .factorAdded, .factorRemoved, .recoveryCodeUsed, .appRemoved, .securityKeyAdded,
            .securityKeyRemoved, .securityKeyCopied,
        ]
        #expect(mail?.body.contains("#\(template.rawValue)=t") ?? true || notices.contains(template))
    }

    static func mail(
        _ template: MailTemplate,
        token: String?,
        lifetime: TimeInterval = 7 * 86_400
    ) throws -> MailRequested {
        let id = NotificationID.new()
        return MailRequested(
            id: id,
            tenant: .sunfield,
            user: .anna,
            template: template,
            token: try token.map { Data(try DeliveryTests.keys.seal($0, for: id.description)) },
            expiresAt: .noon + lifetime,
            at: .noon
        )
    }

    static func withMailServer(
        _ body: @escaping @Sendable (AlertStore, DeliveryLoop, MailServer, borrowing Mutex<Date>) async throws -> Void
    ) async throws {
        try await withNotification { client, store in
            let server = try await MailServer.start(
                in: TestServers.directory.appending(path: "mail-\(UUID())"),
                port: try Port.free()
            )
            let clock = Mutex(Date.noon)
            let loop = try DeliveryTests.loop(client, store, port: server.port) { clock.withLock { $0 } }
            try await body(store, loop, server, clock)
            await server.process.stop()
        }
    }
}
