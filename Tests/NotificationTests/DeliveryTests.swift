import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import LocalServers
import Postgres
import Sealing
import ServiceKit
import Synchronization
import TestSupport
import Testing

@testable import Notification

/// Mails through a real mail server, which can be down.
@Suite struct DeliveryTests {
    @Test func aMailIsRetriedUntilTheServerIsBackAndEachAttemptIsRecorded() async throws {
        try await withNotification { client, store in
            let directory = TestServers.directory.appending(path: "mail-\(UUID())")
            let port = try Port.free()
            let clock = Mutex(Date.noon)
            let loop = try Self.loop(client, store, port: port) { clock.withLock { $0 } }
            try await store.addPeople()
            let rule = try await store.addRule(createsWorkOrder: false)
            let alerts = AlertConsumer(store: store, now: { .noon })
            try await store.database.handle(AlertDetected.sample(rule), by: alerts.handle)

            await loop.drain()
            var row = try #require(
                try await store.database.of(.sunfield).first("SELECT status, attempts, error FROM notifications")
            )
            #expect((try row["status"], try row["attempts"]) == ("pending", Int32(1)))
            #expect(try row["error"] as String? != nil)
            // There is no retry before the mail is due.
            await loop.drain()
            #expect(
                try await store.database.of(.sunfield).count("SELECT attempts::bigint AS count FROM notifications") == 1
            )

            let server = try await MailServer.start(in: directory, port: port)
            clock.withLock { $0 += 2 }
            await loop.drain()
            let mails = try server.mails()
            #expect(mails.count == 1)
            #expect(mails.first?.contains("\(UserID.anna)@example.com") == true)
            #expect(mails.first?.contains("INV-2 at NREL-RSF2: inverter_temperature was 61.") == true)
            row = try #require(
                try await store.database.of(.sunfield).first("SELECT status, attempts, error FROM notifications")
            )
            #expect((try row["status"], try row["attempts"]) == ("sent", Int32(2)))
            let told = try #require(try await store.database.outbox(of: NotificationDelivered.self).first)
            #expect((told.outcome, told.attempts, told.user) == (.sent, 2, .anna))
            // An operator of the tenant sees the message, and nobody else.
            let listed = try #require(try await client.send(.get, "/api/v1/notifications").items.first)
            #expect((listed["status"] as? String, listed["attempts"] as? Int) == ("sent", 2))
            #expect(listed["sentAt"] as? String == "2026-06-01T12:00:02.000Z")
            let foreign = try await client.acting(as: .bo, of: .windward)
            #expect(try await foreign.send(.get, "/api/v1/notifications").items.isEmpty)
            let powerless = try await client.acting(as: .bo, of: .sunfield, roles: ["none"])
            #expect(try await powerless.send(.get, "/api/v1/notifications").status == .forbidden)
            // The mail was sent exactly once.
            clock.withLock { $0 += 3600 }
            await loop.drain()
            #expect(try server.mails().count == 1)
            await server.process.stop()
        }
    }

    @Test func aMailIsRetriedForADayAndThenReportedAsFailed() async throws {
        try await withNotification { client, store in
            let clock = Mutex(Date.noon)
            let loop = try Self.loop(client, store, port: try Port.free()) { clock.withLock { $0 } }
            try await store.addMail(to: ["somebody@example.com"])
            for hour in 1...23 {
                await loop.drain()
                clock.withLock { $0 = .noon + Double(hour) * 3600 }
            }
            #expect(try await store.outcomes() == ["somebody@example.com": "pending 23"])
            clock.withLock { $0 = .noon + Backoff.patience }
            await loop.drain()
            #expect(try await store.outcomes() == ["somebody@example.com": "failed 24"])
            let told = try await store.database.outbox(of: NotificationDelivered.self)
            #expect(told.map(\.outcome) == [.failed])
            #expect(told.first?.error != nil)
        }
    }

    @Test func aPermanentRefusalEndsTheAttemptsAndATemporaryOneDoesNot() async throws {
        try await withMoodyServer { client, store, port, _ in
            let loop = try Self.loop(client, store, port: port) { .noon }
            try await store.addMail(
                to: ["nobody@example.com", "full@example.com", "later@example.com", "fine@example.com"]
            )
            await loop.drain()
            #expect(
                try await store.outcomes() == [
                    "nobody@example.com": "failed 1", "full@example.com": "failed 1",
                    "later@example.com": "pending 1", "fine@example.com": "sent 1",
                ]
            )
            let errors = try await store.database.outbox(of: NotificationDelivered.self).compactMap(\.error)
            #expect(errors.contains { $0.contains("550") } && errors.contains { $0.contains("552") })
        }
    }

    /// While the server delays some mails, the others are sent.
    @Test func aDelayedMailDoesNotBlockOthers() async throws {
        try await withMoodyServer { client, store, port, folder in
            let loop = try Self.loop(client, store, port: port) { .noon }
            try await store.addMail(to: (0..<4).map { "slow@\($0).example.com" })
            try await store.addMail(to: (0..<20).map { "fine\($0)@example.com" })
            async let draining: Void = loop.drain()
            try await eventually("the others") {
                try await store.outcomes().values.count { $0.hasPrefix("sent") } == 20 ? () : nil
            }
            let waiting = try await store.outcomes().filter { $0.value == "pending 1" }.keys
            #expect(waiting.count == 4)
            try Data().write(to: folder.appending(path: "go"))
            await draining
            #expect(try await store.outcomes().values.allSatisfy { $0 == "sent 1" })
        }
    }

    @Test func twoSendersSendEachMailOnce() async throws {
        try await withNotification { client, store in
            let directory = TestServers.directory.appending(path: "mail-\(UUID())")
            let server = try await MailServer.start(in: directory)
            let loop = try Self.loop(client, store, port: server.port) { .noon }
            try await store.addPeople()
            let rule = try await store.addRule(createsWorkOrder: false)
            let alerts = AlertConsumer(store: store, now: { .noon })
            for number in 0..<10 {
                let detected = AlertDetected.sample(rule, asset: .sample(UInt8(50 + number)))
                try await store.database.handle(detected, by: alerts.handle)
            }
            async let first: Void = loop.drain()
            async let second: Void = loop.drain()
            _ = await (first, second)
            #expect(try server.mails().count == 10)
            let listed = try await client.all("/api/v1/notifications", limit: 3).compactMap { $0["id"] as? String }
            #expect(Set(listed).count == 10)
            #expect(listed == listed.sorted(by: >))
            #expect(try await store.database.outbox(of: NotificationDelivered.self).count == 10)
            await server.process.stop()
        }
    }

    /// The daemon dies after the server has accepted the mail and before that is recorded. The mail is sent again with the same
    /// message id, so that both are recognized as one.
    @Test func aMailThatIsSentTwiceHasTheSameID() async throws {
        try await withNotification { client, store in
            let directory = TestServers.directory.appending(path: "mail-\(UUID())")
            let server = try await MailServer.start(in: directory)
            let clock = Mutex(Date.noon)
            let loop = try Self.loop(client, store, port: server.port) { clock.withLock { $0 } }
            try await store.addPeople()
            let rule = try await store.addRule(createsWorkOrder: false)
            let alerts = AlertConsumer(store: store, now: { .noon })
            try await store.database.handle(AlertDetected.sample(rule), by: alerts.handle)
            let due = try #require(try await loop.store.claim(at: .noon))
            let message = try await loop.accounts.message(of: due, loop.store, at: .noon)
            try await loop.mail.send(message, id: "\(due.id)", at: .noon)
            clock.withLock { $0 += 61 }
            await loop.drain()
            let ids = try server.mails().flatMap { $0.split(whereSeparator: \.isNewline) }
                .filter { $0.hasPrefix("Message-ID:") }
            #expect(ids == Array(repeating: "Message-ID: <\(due.id)@dcmms>", count: 2))
            await server.process.stop()
        }
    }

    /// 0.0.0.0 reaches this machine, but is not a loopback address.
    @Test(arguments: [("0.0.0.0", true), ("127.0.0.1", false)])
    func aPasswordIsSentOnlyOverTLSOrLoopback(host: String, isRefused: Bool) async throws {
        let directory = TestServers.directory.appending(path: "mail-\(UUID())")
        let server = try await MailServer.start(in: directory)
        var settings = SMTPSettings(url: "smtp://\(host):\(server.port)", sender: "dcmms@example.com")
        func send() async throws {
            try await SMTP(settings).send(
                Message(recipient: "a@example.com", subject: "s", body: "b"),
                id: "1",
                at: .noon
            )
        }
        try await send()
        (settings.user, settings.password) = ("dcmms", "secret")
        if isRefused {
            await #expect(throws: MailRefused.self) { try await send() }
        } else {
            try await send()
        }
        #expect(try server.mails().count == (isRefused ? 1 : 2))
        await server.process.stop()
    }

    static let keys = SealingKeys()

    static func loop(
        _ client: ServiceClient,
        _ store: AlertStore,
        port: Int,
        now: @escaping @Sendable () -> Date
    ) throws -> DeliveryLoop {
        DeliveryLoop(
            store: DeliveryStore(database: store.database),
            mail: SMTP(SMTPSettings(url: "smtp://127.0.0.1:\(port)", sender: "dcmms@example.com")),
            accounts: AccountMails(site: "https://dcmms.example.com", keys: keys),
            daemon: Daemon.forTests("notification", client.authority),
            now: now
        )
    }
}

/// Runs a test with a mail server that treats recipients according to their names; see `moody_mail_server.py`.
private func withMoodyServer(
    _ body: @escaping @Sendable (ServiceClient, AlertStore, _ port: Int, _ folder: URL) async throws -> Void
) async throws {
    let folder = TestServers.directory.appending(path: "moody-\(UUID())")
    let port = try Port.free()
    let server = try await ServerProcess.start(
        "moody",
        ["/usr/bin/python3", Python.path("Tests/Oracles/moody_mail_server.py"), "\(port)", folder.path],
        directory: folder,
        lifetime: .starter
    )
    try await server.ready { Port.answers(port) }
    try await withNotification { try await body($0, $1, port, folder) }
    await server.stop()
}

extension AlertStore {
    /// Adds an alert with mails to several people, due at noon.
    fileprivate func addMail(to recipients: [String]) async throws {
        let rule = try await addRule(createsWorkOrder: false)
        let alert = AlertDetected.sample(rule)
        try await database.handle(alert, by: AlertConsumer(store: self, now: { .noon }).handle)
        for recipient in recipients {
            try await database.of(.sunfield).execute(
                """
                INSERT INTO notifications (id, tenant_id, alert_id, user_id, channel, recipient, subject, body, status,
                    next_try_at, created_at)
                VALUES (\(NotificationID.new()), \(TenantID.sunfield), \(alert.id), \(UserID.new()), 'email', \(recipient),
                    'Hot', 'Very hot', 'pending', \(Date.noon), \(Date.noon))
                """
            )
        }
    }

    /// The status of the mails and their number of attempts, by recipient.
    fileprivate func outcomes() async throws -> [String: String] {
        try await database.of(.sunfield).query("SELECT recipient, status, attempts FROM notifications").reduce(into: [:]
        ) {
            let (status, attempts): (String, Int32) = (try $1["status"], try $1["attempts"])
            $0[try $1["recipient"]] = "\(status) \(attempts)"
        }
    }
}
