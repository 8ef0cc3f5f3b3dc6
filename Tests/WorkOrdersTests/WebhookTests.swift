import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Logging
import Messaging
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import WorkOrders

/// Facts that are posted to receivers of tenants.
@Suite struct WebhookTests {
    /// A webhook of Sunfield's whose receiver is on this machine, at noon.
    private struct Hook: Sendable {
        var site: LaborSite
        var receiver: WebhookReceiver
        var dispatcher: WebhookDispatcher
        var path: String
        var secret: String

        var consumer: WebhookConsumer {
            let clock = site.clock
            return WebhookConsumer(store: dispatcher.store, now: { clock.now })
        }

        func tell(_ id: EventID = .new(), of tenant: TenantID = .sunfield, at time: Date = .noon + 1) async throws {
            let delivery = Delivery(WorkOrderStateChanged.sample, of: tenant, id: id, at: time)
            try await site.database.of(tenant).transaction { try await consumer.handle(delivery, $0) }
        }

        func deliveries(_ state: String = "") async throws -> [[String: Any]] {
            let query = state.isEmpty ? "" : "?state=\(state)"
            return try await site.client.all("\(path)/deliveries\(query)", limit: 10)
        }

        func at(_ seconds: TimeInterval) async throws {
            site.clock.set(.noon + seconds)
            try await dispatcher.drain()
        }
    }

    private func withHook(
        events: [String] = ["workorder.state-changed"],
        _ body: @escaping @Sendable (Hook) async throws -> Void
    ) async throws {
        try await WebhookReceiver.run { receiver in
            let here = [IPAddress("127.0.0.1")].compactMap(\.self)
            let network = WebhookNetwork(allowsLocal: true, resolve: { _ in here })
            try await withLabor(webhooks: network) { site in
                let added = try await site.client.send(
                    .post,
                    "/api/v1/webhooks",
                    ["name": "Tickets", "url": receiver.url, "events": events]
                )
                #expect(added.status == .created, "\(added.text)")
                let webhook = try #require(added.object["webhook"] as? [String: Any])
                let clock = site.clock
                let dispatcher = WebhookDispatcher(
                    store: WebhookStore(database: site.database, keys: .tests),
                    network: network,
                    logger: Logger(label: "test"),
                    now: { clock.now },
                    spread: { 1 }
                )
                try await body(
                    Hook(
                        site: site,
                        receiver: receiver,
                        dispatcher: dispatcher,
                        path: "/api/v1/webhooks/\(try #require(webhook["id"] as? String))",
                        secret: try #require(added["secret"])
                    )
                )
            }
        }
    }

    @Test func aFactIsPostedOnceAndSigned() async throws {
        try await withHook { hook in
            let id = EventID.new()
            try await hook.tell(id)
            // It comes again, as the log may deliver it.
            try await hook.tell(id)
            try await hook.at(2)
            let message = try #require(hook.receiver.messages.first)
            #expect(hook.receiver.messages.count == 1)
            #expect(WebhookReceiver.isSigned(message, with: hook.secret))
            #expect(!WebhookReceiver.isSigned(message, with: "whsec_AAAA"))
            #expect(message["Webhook-Id"] == id.description)
            #expect(message["Webhook-Timestamp"] == "\(Int(Date.noon.timeIntervalSince1970) + 2)")
            #expect(message["Content-Type"] == "application/json")
            #expect(message.host == "hooks.sunfield.example:\(hook.receiver.port)")
            let body = try #require(try JSONSerialization.jsonObject(with: Data(message.body.utf8)) as? [String: Any])
            #expect(Set(body.keys) == ["id", "type", "time", "tenant", "data"])
            #expect((body["id"] as? String, body["type"] as? String) == (id.description, "workorder.state-changed"))
            #expect(body["time"] as? String == "2026-06-01T12:00:01.000Z")
            #expect(body["tenant"] as? String == TenantID.sunfield.description)
            let data = body["data"] as? [String: Any]
            #expect((data?["to"] as? String, data?["transition"] as? String) == ("in_progress", "start"))
            let listed = try #require(try await hook.deliveries().first)
            #expect((listed["state"] as? String, listed["status"] as? Int) == ("delivered", 204))
            #expect(listed["attempts"] as? Int == 1 && listed["nextAttemptAt"] == nil && listed["body"] == nil)
            let one = try await hook.site.client.send(.get, "\(hook.path)/deliveries/\(listed["id"] as? String ?? "")")
            #expect(one["body"] == message.body)
            // Neither the list nor the log of changes has the secret.
            #expect(try await !hook.site.client.send(.get, "/api/v1/webhooks").text.contains("whsec"))
            let audit = try await hook.site.database.outbox(of: AuditRecorded.self)
            #expect(audit.contains { $0.action == "WEBHOOK_CREATED" })
            #expect(!audit.contains { ($0.changes ?? "").contains("whsec") })
        }
    }

    @Test func onlyWhatIsWantedIsFiled() async throws {
        try await withHook(events: ["workorder.created"]) { hook in
            try await hook.tell()
            #expect(try await hook.deliveries().isEmpty)
            let change: [String: Any] = ["events": ["workorder.state-changed", "workorder.created"]]
            #expect(try await hook.site.client.send(.patch, hook.path, change).status == .ok)
            try await hook.tell(of: .windward)
            // From before there was the webhook.
            try await hook.tell(at: .noon - 60)
            #expect(try await hook.deliveries().isEmpty)
            try await hook.tell()
            #expect(try await hook.deliveries().count == 1)
            let off = try await hook.site.client.send(.patch, hook.path, ["isActive": false])
            #expect(off.status == .ok)
            let given = try #require(try await hook.deliveries().first)
            #expect(
                given["state"] as? String == "failed" && given["error"] as? String == "the webhook was switched off"
            )
            try await hook.tell()
            #expect(try await hook.deliveries().count == 1)
        }
    }

    /// Eight attempts over a day, and then a person's.
    @Test func whatFailsIsTriedAgainForADayAndCanBeRedriven() async throws {
        try await withHook { hook in
            hook.receiver.answer(.serviceUnavailable, "Down for maintenance")
            try await hook.tell()
            var time: TimeInterval = 1
            for (attempt, pause) in (WebhookDelivery.pauses + [0]).enumerated() {
                try await hook.at(time)
                #expect(hook.receiver.messages.count == attempt + 1)
                let listed = try #require(try await hook.deliveries().first)
                #expect(listed["attempts"] as? Int == attempt + 1 && listed["status"] as? Int == 503)
                #expect(listed["answer"] as? String == "Down for maintenance")
                #expect(listed["error"] as? String == "the answer was 503")
                // Not before its time.
                try await hook.at(time + pause - 1)
                #expect(hook.receiver.messages.count == attempt + 1)
                time += pause
            }
            #expect(WebhookDelivery.pauses.reduce(0, +) > 86_400)
            try await hook.at(time + 100_000)
            #expect(hook.receiver.messages.count == 8)
            #expect(Set(hook.receiver.messages.compactMap { $0["Webhook-Id"] }).count == 1)
            let failed = try #require(try await hook.deliveries("failed").first)
            let id = try #require(failed["id"] as? String)
            hook.receiver.answer(.ok)
            let redriven = try await hook.site.client.send(.post, "\(hook.path)/deliveries/\(id)/redelivery")
            #expect((redriven.status, redriven["state"]) == (.ok, "pending"), "\(redriven.text)")
            let again = try await hook.site.client.send(.post, "\(hook.path)/deliveries/\(id)/redelivery")
            #expect((again.status, again["code"]) == (.conflict, "delivery_pending"))
            try await hook.dispatcher.drain()
            #expect(hook.receiver.messages.count == 9)
            #expect(try await hook.deliveries("delivered").count == 1)
        }
    }

    @Test func allThatFailedIsRedriven() async throws {
        try await withHook { hook in
            for _ in 0..<3 { try await hook.tell() }
            try await hook.site.database.of(.sunfield).execute(
                "UPDATE webhook_deliveries SET state = 'failed', next_at = NULL"
            )
            let since = ["since": "2026-06-01T12:00:00Z"]
            let redriven = try await hook.site.client.send(.post, "\(hook.path)/redeliveries", since)
            #expect(redriven.number("count") == 3 && redriven.object["hasMore"] as? Bool == false, "\(redriven.text)")
            let none = try await hook.site.client.send(
                .post,
                "\(hook.path)/redeliveries",
                ["since": "2026-06-02T12:00:00Z"]
            )
            #expect(none.number("count") == 0)
            try await hook.at(1)
            #expect(hook.receiver.messages.count == 3)
        }
    }

    @Test func aRedirectIsNotFollowedAndALongAnswerIsCut() async throws {
        try await withHook { hook in
            let place = "http://hooks.sunfield.example:\(hook.receiver.port)/elsewhere"
            hook.receiver.answer(.found, String(repeating: "ü\u{0}", count: 100_000), headers: [.location: place])
            try await hook.tell()
            try await hook.at(1)
            #expect(hook.receiver.messages.map(\.path) == ["/hook"])
            let listed = try #require(try await hook.deliveries().first)
            #expect(listed["status"] as? Int == 302 && listed["state"] as? String == "pending")
            let kept = try #require(listed["answer"] as? String)
            #expect(kept.utf8.count <= WebhookDelivery.largestAnswer && kept.hasPrefix("üü"))
        }
    }

    @Test func bothSecretsSignWhileTheyOverlap() async throws {
        try await withHook { hook in
            let rotated = try await hook.site.client.send(.post, "\(hook.path)/secret", ["overlapHours": 2])
            let new = try #require(rotated["secret"], "\(rotated.text)")
            #expect(rotated["formerSecretUntil"] == "2026-06-01T14:00:00.000Z")
            try await hook.tell()
            try await hook.at(7199)
            try await hook.tell()
            try await hook.at(7201)
            let signed = hook.receiver.messages.map { message in
                [hook.secret, new].map { WebhookReceiver.isSigned(message, with: $0) }
            }
            #expect(signed == [[true, true], [false, true]])
            // At once, where it was stolen.
            let stolen = try await hook.site.client.send(.post, "\(hook.path)/secret", ["overlapHours": 0])
            try await hook.tell()
            try await hook.at(7202)
            let last = try #require(hook.receiver.messages.last)
            #expect(!WebhookReceiver.isSigned(last, with: new))
            #expect(WebhookReceiver.isSigned(last, with: stolen["secret"] ?? ""))
        }
    }

    @Test func oneThatFailsForDaysIsSwitchedOffAndSaysSo() async throws {
        try await withHook { hook in
            hook.receiver.answer(.internalServerError)
            for day in 0...3 {
                for hour in 0..<3 {
                    let time = TimeInterval(day * 86_400 + hour * 3600) + 1
                    hook.site.clock.set(.noon + time)
                    try await hook.tell(at: .noon + time)
                    try await hook.dispatcher.drain()
                }
            }
            let read = try await hook.site.client.send(.get, hook.path)
            #expect(read.object["isActive"] as? Bool == false, "\(read.text)")
            #expect((read["disabledBecause"], read["lastError"]) == ("failing", "the answer was 500"))
            #expect(read["failingSince"] == "2026-06-01T12:00:01.000Z")
            #expect(try await hook.deliveries("pending").isEmpty)
            let audit = try await hook.site.database.outbox(of: AuditRecorded.self).filter {
                $0.action == "WEBHOOK_DISABLED"
            }
            #expect(audit.count == 1 && audit.first?.user == nil)
            let refused = try await hook.site.client.send(
                .post,
                "\(hook.path)/redeliveries",
                ["since": "2026-06-01T12:00:00Z"]
            )
            #expect((refused.status, refused["code"]) == (.conflict, "webhook_inactive"))
            // Whoever switches it on begins anew.
            let on = try await hook.site.client.send(.patch, hook.path, ["isActive": true])
            #expect(on.object["isActive"] as? Bool == true && on["disabledBecause"] == nil && on["failingSince"] == nil)
        }
    }

    @Test func oneThatIsGoneIsSwitchedOffAtOnce() async throws {
        try await withHook { hook in
            hook.receiver.answer(.gone)
            try await hook.tell()
            try await hook.tell()
            try await hook.at(1)
            #expect(hook.receiver.messages.count == 1)
            #expect(try await hook.site.client.send(.get, hook.path)["disabledBecause"] == "gone")
            #expect(try await hook.deliveries("failed").count == 2)
        }
    }

    @Test func aTestIsPostedAlsoToOneThatIsSwitchedOff() async throws {
        try await withHook { hook in
            #expect(try await hook.site.client.send(.patch, hook.path, ["isActive": false]).status == .ok)
            let test = try await hook.site.client.send(.post, "\(hook.path)/test")
            #expect((test.status, test["event"]) == (.created, "webhook.test"), "\(test.text)")
            hook.receiver.answer(.badRequest)
            try await hook.at(1)
            let listed = try await hook.site.client.send(.get, "\(hook.path)/deliveries/\(test["id"] ?? "")")
            // Once only: whoever asked is there to ask again.
            #expect((listed["state"], listed.number("attempts")) == ("failed", 1))
            let message = try #require(hook.receiver.messages.first)
            #expect(WebhookReceiver.isSigned(message, with: hook.secret))
            #expect(try await hook.site.client.send(.get, hook.path)["failingSince"] == nil)
        }
    }

    /// Two instances at the same moment, and one that dies.
    @Test func aDeliveryIsMadeByOneInstance() async throws {
        try await withHook { hook in
            let store = hook.dispatcher.store
            try await hook.tell()
            try await hook.tell()
            async let one = store.claim(at: .noon + 2)
            async let other = store.claim(at: .noon + 2)
            let claimed = try await [one, other].compactMap(\.self)
            #expect(claimed.count == 1)
            #expect(try await store.claim(at: .noon + 3) == nil)
            // It has died: after its lease another one makes it.
            let later = Date.noon + 2 + WebhookDelivery.lease
            let second = try #require(try await store.claim(at: later))
            let first = try #require(claimed.first)
            if second.delivery.id == first.delivery.id {
                // What the first one tells late does not count.
                let late = WebhookAnswer.answered(500, "", in: 1)
                #expect(try await !store.finish(first.delivery, late, at: later, spread: 1))
                #expect(try await hook.deliveries("pending").count == 2)
            }
            #expect(try await store.finish(second.delivery, .answered(200, "", in: 1), at: later, spread: 1))
            #expect(try await hook.deliveries("delivered").count == 1)
        }
    }

    @Test func oldDeliveriesAreRemoved() async throws {
        try await withHook { hook in
            try await hook.tell()
            try await hook.at(1)
            let store = hook.dispatcher.store
            #expect(try await store.prune(at: .noon + WebhookDelivery.retention - 1, limit: 10) == 0)
            #expect(try await store.prune(at: .noon + WebhookDelivery.retention + 2, limit: 10) == 1)
            #expect(try await hook.deliveries().isEmpty)
        }
    }

    @Test func namesAreTakenOnceAndVersionsCount() async throws {
        try await withHook { hook in
            let body: [String: Any] = ["name": "Tickets", "url": hook.receiver.url, "events": ["workorder.created"]]
            let twin = try await hook.site.client.send(.post, "/api/v1/webhooks", body)
            #expect((twin.status, twin["code"]) == (.conflict, "webhook_name_taken"))
            let stale = try await hook.site.client.send(
                .patch,
                hook.path,
                ["name": "Other"],
                headers: [.ifMatch: "\"7\""]
            )
            #expect((stale.status, stale["code"]) == (.conflict, "stale_version"))
            let twice: [String: Any] = [
                "name": "B", "url": hook.receiver.url, "events": ["workorder.created", "workorder.created"],
            ]
            let refused = try await hook.site.client.send(.post, "/api/v1/webhooks", twice)
            #expect((refused.status, refused.wrongFields) == (.badRequest, ["events"]))
            for number in 1..<Webhook.maximumCount {
                var more = body
                more["name"] = "Number \(number)"
                #expect(try await hook.site.client.send(.post, "/api/v1/webhooks", more).status == .created)
            }
            var more = body
            more["name"] = "One more"
            let full = try await hook.site.client.send(.post, "/api/v1/webhooks", more)
            #expect((full.status, full["code"]) == (.conflict, "too_many_webhooks"))
            #expect(try await hook.site.client.send(.delete, hook.path).status == .noContent)
            #expect(try await hook.site.client.send(.get, hook.path).status == .notFound)
        }
    }

    // MARK: - Addresses

    @Test(arguments: [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1",
        "127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1",
        "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255",
        "240.0.0.1", "255.255.255.255", "168.63.129.16", "::", "::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1",
        "::127.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2001:10::1",
        "2002:a00:1::1",
        "3fff::1", "fc00::1", "fd12:3456::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1",
    ])
    func whatIsNotPublicIsRefused(address: String) async throws {
        #expect(try !#require(IPAddress(address)).isPublic)
    }

    @Test(arguments: [
        "1.1.1.1", "9.255.255.255", "11.0.0.1", "93.184.215.14", "100.63.255.255", "100.128.0.1", "126.255.255.255",
        "128.0.0.1", "169.253.1.1", "172.15.255.255", "172.32.0.1", "192.0.1.1", "192.167.1.1", "198.17.1.1",
        "198.20.0.1", "223.255.255.255", "::ffff:8.8.8.8", "2606:4700::1111", "2a00:1450:4001::5e", "2003::1",
    ])
    func whatIsPublicIsCalled(address: String) async throws {
        #expect(try #require(IPAddress(address)).isPublic)
    }

    @Test(arguments: [
        "http://hooks.example.com/", "https://hooks.example.com:80/", "https://hooks.example.com:22/",
        "https://hooks.example.com:1023/", "https://hooks.example.com:65536/", "https://hooks.example.com:0/",
        "https://hooks.example.com:/", "https://anna@hooks.example.com/", "https://anna:secret@hooks.example.com/",
        "https://localhost/", "https://kafka/", "https://2130706433/", "https://0x7f000001/", "https://127.1/",
        "https://0177.0.0.1/", "https://10.0.0.0x1/", "https://127.0.0.1./", "https://hooks.example.com./",
        "https://[::1/", "https://[fe80::1%25eth0]/", "https://[127.0.0.1]/", "https://::1/", "https:///path",
        "https://",
        "https://hooks.example.com\\@10.0.0.1/", "https://hooks.example.com#@10.0.0.1/", "https://hooks..example.com/",
        "https://-hooks.example.com/", "https://hooks_.example.com/", "https://hö.example.com/",
        "https://hooks.example.com/a b", "ftp://hooks.example.com/", "HTTPS://hooks.example.com/",
        "//hooks.example.com/",
    ])
    func whatIsNotPlainlyAnAddressIsRefused(url: String) {
        #expect(WebhookURL(url, allowingLocal: false) == nil)
    }

    @Test func partsOfAnAddressAreWhatTheyLookLike() throws {
        let plain = try #require(WebhookURL("https://Hooks.Example.com/a?b=c@d:e", allowingLocal: false))
        #expect((plain.host, plain.port, plain.isSecure) == ("hooks.example.com", 443, true))
        let port = try #require(WebhookURL("https://hooks.example.com:8443", allowingLocal: false))
        #expect(port.port == 8443 && port.address == nil)
        let six = try #require(WebhookURL("https://[2606:4700::1111]:8443/x", allowingLocal: false))
        #expect((six.host, six.port) == ("2606:4700::1111", 8443) && six.address != nil)
        #expect(WebhookURL("http://localhost:80/", allowingLocal: true)?.isSecure == false)
    }

    /// A name can lead somewhere else a moment after it was checked.
    @Test func anAddressIsCheckedWhenItIsSavedAndEachTimeItIsCalled() async throws {
        let addresses = Mutex(["10.0.0.7"])
        let called = Mutex<[String]>([])
        let network = WebhookNetwork(
            resolve: { _ in addresses.withLock { $0.compactMap { IPAddress($0) } } },
            post: { _, address in
                called.withLock { $0.append("\(address)") }
                return .answered(200, "", in: 1)
            }
        )
        try await withLabor(webhooks: network) { site in
            let clock = site.clock
            let store = WebhookStore(database: site.database, keys: .tests)
            let dispatcher = WebhookDispatcher(
                store: store,
                network: network,
                logger: Logger(label: "test"),
                now: { clock.now },
                spread: { 1 }
            )
            let body: [String: Any] = [
                "name": "T", "url": "https://hooks.example.com/", "events": ["workorder.state-changed"],
            ]
            func add() async throws -> ServiceAnswer { try await site.client.send(.post, "/api/v1/webhooks", body) }
            for (found, code) in [
                (["10.0.0.7"], "address_not_public"), (["8.8.8.8", "127.0.0.1"], "address_not_public"),
                ([], "host_unknown"),
            ] {
                addresses.withLock { $0 = found }
                let refused = try await add()
                #expect((refused.status, refused["code"]) == (.badRequest, code), "\(refused.text)")
                #expect(refused.wrongFields == ["url"])
            }
            for url in ["https://10.0.0.7/", "https://[::1]/", "https://[::ffff:192.168.0.1]/", "http://example.com/"] {
                var other = body
                other["url"] = url
                let refused = try await site.client.send(.post, "/api/v1/webhooks", other)
                #expect((refused.status, refused.wrongFields) == (.badRequest, ["url"]), "\(url): \(refused.text)")
            }
            addresses.withLock { $0 = ["8.8.8.8"] }
            let added = try await add()
            let webhook = try #require(added.object["webhook"] as? [String: Any])
            let path = "/api/v1/webhooks/\(try #require(webhook["id"] as? String))"
            func tell() async throws {
                let delivery = Delivery(WorkOrderStateChanged.sample, of: .sunfield, at: .noon + 1)
                let consumer = WebhookConsumer(store: store, now: { clock.now })
                try await site.database.of(.sunfield).transaction { try await consumer.handle(delivery, $0) }
            }
            try await tell()
            addresses.withLock { $0 = ["8.8.4.4"] }
            try await dispatcher.drain()
            #expect(called.withLock(\.self) == ["8.8.4.4"])
            try await tell()
            addresses.withLock { $0 = ["169.254.169.254"] }
            try await dispatcher.drain()
            // Nobody was called.
            #expect(called.withLock(\.self) == ["8.8.4.4"])
            let listed = try await site.client.all("\(path)/deliveries?state=pending", limit: 10)
            #expect(listed.first?["error"] as? String == "the address is not public")
        }
    }

    @Test func withoutKeysThereAreNone() async throws {
        try await withDatabase(.all) { database in
            let store = WebhookStore(database: database, keys: nil)
            let webhook = Webhook.created(
                CreateWebhook(name: "T", url: "https://a.example", events: [.created]),
                id: .new(),
                of: .sunfield,
                by: .anna,
                at: .noon
            )
            await #expect(throws: WebhookRefusal.notSetUp) {
                try await database.of(.sunfield).transaction {
                    try await store.create(webhook, WebhookSecret(), by: .ofAnna("work-orders"), $0)
                }
            }
        }
    }
}

extension WorkOrderStateChanged {
    static let sample = WorkOrderStateChanged(
        workOrder: .sample(40),
        tenant: .sunfield,
        site: AssetReplica.inverter.site,
        asset: AssetReplica.inverter.id,
        from: .open,
        to: .inProgress,
        fromPhase: .assigned,
        toPhase: .inProgress,
        transition: "start",
        reason: nil,
        holdReason: nil,
        by: .anna,
        at: .noon,
        version: 4
    )
}
