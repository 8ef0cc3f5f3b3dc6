import EventSchema
import Foundation
import Identifiers
import Kafka
import LocalFleet
import LocalServers
import Postgres
import TestSupport
import Testing

/// What operators see and do, with real processes, rights at the log and the gateway before all of it.
@Suite(.serialized) struct OperationsTests {
    private static let letters = "/api/v1/operations/work-orders/dead-letters"

    @Test func aDeadLetterIsRedrivenThroughTheGatewayAndByCommand() async throws {
        try await Fleet.run { fleet in
            let admin = try await API(base: fleet.gateway).login(Fleet.administrator)
            // The setup is wrong: the database does not take this title.
            _ = try await fleet.rows(
                "work-orders",
                "ALTER TABLE work_orders ADD CONSTRAINT wrong CHECK (title <> 'Inverter overheating')"
            )
            let tenant = TenantID.new()
            let requests = (0..<3).map { _ in RequestID.new() }
            let producer = try KafkaProducer(await fleet.kafka(as: Fleet.tester))
            try await producer.send(try requests.map { try KafkaRecord(Self.request($0, tenant), of: tenant) })
            await producer.close()
            let ids = try await eventually("the dead letters", within: .seconds(30)) {
                let items = try await admin.items(Self.letters)
                return items.count == 3 ? items.compactMap { $0["id"] as? String } : nil
            }
            let refused = try await admin.send("POST", "\(Self.letters)/\(ids[0])/redrive")
            #expect((refused.status, refused.body["code"] as? String) == (409, "still_refused"), "\(refused.body)")

            _ = try await fleet.rows("work-orders", "ALTER TABLE work_orders DROP CONSTRAINT wrong")
            let done = try await admin.send("POST", "\(Self.letters)/\(ids[0])/redrive")
            #expect((done.status, done.body["status"] as? String) == (200, "handled"), "\(done.body)")
            #expect(try await Self.orders(fleet, tenant) == 1)
            _ = try await eventually("the line in the audit log", within: .seconds(30)) {
                let items = try await admin.items("/api/v1/audit?action=DEAD_LETTER_REDRIVEN")
                return items.count == 1 ? true : nil
            }

            // The rest by command, beside the daemon that runs.
            let listed = try await fleet.command("work-orders", ["dead-letters"])
            #expect(listed.split(separator: "\n").count == 2 && listed.contains(ids[1]), "\(listed)")
            let redriven = try await fleet.command("work-orders", ["dead-letters", "--redrive-all"])
            #expect(redriven.contains("\(ids[1])  handled") && redriven.contains("\(ids[2])  handled"), "\(redriven)")
            #expect(try await Self.orders(fleet, tenant) == 3)
            #expect(try await admin.items(Self.letters).isEmpty)
            let again = await #expect(throws: LocalServerError.self) {
                _ = try await fleet.command("work-orders", ["dead-letters", "--redrive", ids[1]])
            }
            #expect("\(again.map { "\($0)" } ?? "")".contains("dead_letter_closed"))
            let events = try await fleet.command("work-orders", ["refused-events"])
            #expect(events.isEmpty, "\(events)")
        }
    }

    @Test func theFleetsHealthShowsEveryDaemonAndWhoIsSilent() async throws {
        try await Fleet.run { fleet in
            let admin = try await API(base: fleet.gateway).login(Fleet.administrator)
            func states() async throws -> [String: String] {
                let answer = try await admin.send("GET", "/api/v1/operations/fleet")
                let instances = answer.body["instances"] as? [[String: Any]] ?? []
                return instances.reduce(into: [:]) { states, instance in
                    states[instance["daemon"] as? String ?? ""] = instance["state"] as? String
                }
            }
            _ = try await eventually("every daemon", within: .seconds(60), every: .milliseconds(500)) {
                let states = try await states()
                return states.count == Fleet.services.count && states.values.allSatisfy { $0 == "ready" } ? true : nil
            }
            let instances =
                try await admin.send("GET", "/api/v1/operations/fleet").body["instances"] as? [[String: Any]]
            for instance in instances ?? [] {
                let daemon = instance["daemon"] as? String ?? ""
                let spec = try #require(DaemonSpec.all.first { $0.name == daemon })
                let lags = instance["lags"] as? [[String: Any]] ?? []
                #expect(
                    Set(lags.compactMap { $0["topic"] as? String }) == Set(spec.kafka.consumes.map(\.name)),
                    "\(daemon)"
                )
                #expect(lags.allSatisfy { $0["records"] is NSNumber }, "\(daemon)")
            }
            // Killed, it says nothing any more; stopped, it says that it is gone.
            try await fleet.process("mobile-sync").kill()
            try await fleet.process("assets").stop()
            _ = try await eventually("the silence", within: .seconds(60), every: .milliseconds(500)) {
                let states = try await states()
                return states["mobile-sync"] == "silent" && states["assets"] == nil ? true : nil
            }
            #expect(try await states()["auth"] == "ready")
            // Only those who run the installation see this.
            let stranger = try await API(base: fleet.gateway).send("GET", "/api/v1/operations/fleet")
            #expect(stranger.status == 401)
        }
    }

    private static func orders(_ fleet: Fleet, _ tenant: TenantID) async throws -> Int {
        try await fleet.count("work-orders", "SELECT count(*) AS n FROM work_orders WHERE tenant_id = \(tenant)")
    }

    private static func request(_ id: RequestID, _ tenant: TenantID) -> WorkOrderRequested {
        WorkOrderRequested(
            request: id,
            tenant: tenant,
            site: .new(),
            asset: .new(),
            title: "Inverter overheating",
            description: nil,
            type: .emergency,
            priority: .critical,
            origin: .alert,
            originID: id.description,
            requestedAt: Date()
        )
    }
}
