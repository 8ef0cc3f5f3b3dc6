import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Postgres
import TestSupport
import Testing

@testable import WorkOrders

/// Whatever three people do with a work order, in whatever order: what the API admits is a path of the table, and all that is kept of it agrees.
@Suite struct HistoryTests {
    @Test func everyRefusedCellNamesTheMovesThereAre() async throws {
        try await withWorkOrders { client, database in
            let doors = try await Doors(client, database)
            let path = "/api/v1/workorders/\(doors.orderOverHTTP)"
            for phase in WorkOrderPhase.allCases {
                let allowed = Transition.allowed(from: phase).map(\.rawValue)
                for move in Transition.allCases where Transition.table[phase]?[move] == nil {
                    try await doors.reset(to: phase)
                    let answer = try await client.send(.post, "\(path)/transitions/\(move)", ["reason": "A test"])
                    #expect((answer.status, answer["code"]) == (.badRequest, "illegal_transition"), "\(phase), \(move)")
                    #expect(answer.object["allowedTransitions"] as? [String] == allowed, "\(phase), \(move)")
                    #expect(try await client.send(.get, path).number("version") == 3)
                }
            }
        }
    }

    @Test(arguments: [1, 11, 74] as [UInt64]) func whatIsAdmittedIsAPathOfTheTable(seed: UInt64) async throws {
        try await withLabor { site in
            var random = Seeded(seed)
            let people = [
                site.client, try await site.client.acting(as: .bo, of: .sunfield, roles: ["all"]),
                try await site.client.acting(as: .carla, of: .sunfield, roles: ["all"]),
            ]
            var (admitted, refused) = (0, 0)
            var reached: Set<String> = []
            for number in 0..<2 {
                let body: [String: Any] = [
                    "assetId": AssetReplica.inverter.id.description, "title": "Replace the fan \(number)",
                    "type": "corrective", "priority": "high",
                ]
                let created = try await site.client.send(.post, "/api/v1/workorders", body)
                var before = created
                let path = "/api/v1/workorders/\(try #require(created["id"]))"
                for step in 0..<30 {
                    if step % 10 == 0 {
                        func demand() -> [String: String] {
                            ["when": ["never", "always"].randomElement(using: &random) ?? "never"]
                        }
                        let policy = ["approval": demand(), "verification": demand()]
                        #expect(try await site.client.send(.put, "/api/v1/workorders/policy", policy).status == .ok)
                    }
                    site.clock.set(site.clock.now + Double(Int.random(in: 1...7200, using: &random)))
                    let person = people.randomElement(using: &random) ?? site.client
                    // Cancellation ends most walks too early.
                    let possible = Transition.allowed(from: WorkOrderPhase(rawValue: before["phase"] ?? "") ?? .draft)
                    let isAny = possible.isEmpty || Int.random(in: 0..<3, using: &random) == 0
                    let moves = (isAny ? Transition.allCases : possible).filter { $0 != .cancel || step > 20 }
                    let move = moves.randomElement(using: &random) ?? .start
                    let answer = try await person.send(
                        .post,
                        "\(path)/transitions/\(move)",
                        input(for: move, site, &random)
                    )
                    let after = try await site.client.send(.get, path)
                    if answer.status == .ok {
                        admitted += 1
                        try check(move, from: before, to: after)
                    } else {
                        refused += 1
                        #expect([.badRequest, .forbidden, .conflict].contains(answer.status), "\(answer.text)")
                        #expect(after.text == before.text || step == 0, "what is refused changes nothing")
                    }
                    reached.insert(after["phase"] ?? "")
                    before = after
                }
                try await checkHistory(of: path, as: before, site)
            }
            #expect(admitted > 10 && refused > 10 && reached.count > 5, "\(admitted), \(refused), \(reached)")
        }
    }

    private func input(for move: Transition, _ site: LaborSite, _ random: inout Seeded) -> [String: Any] {
        // Without a reason, without a time, without a person: each is missing at times.
        guard Int.random(in: 0..<6, using: &random) > 0 else { return [:] }
        switch move {
        case .schedule: return ["scheduledStart": (site.clock.now + 3600).formatted(.iso8601)]
        case .assign:
            return ["assignedTo": ([.anna, .bo, .carla].randomElement(using: &random) ?? UserID.anna).description]
        case .reject, .pause, .reopen, .cancel: return ["reason": "A test"]
        default: return [:]
        }
    }

    /// One step.
    private func check(_ move: Transition, from before: ServiceAnswer, to after: ServiceAnswer) throws {
        let from = try #require(WorkOrderPhase(rawValue: before["phase"] ?? ""))
        let to = try #require(WorkOrderPhase(rawValue: after["phase"] ?? ""))
        let target = try #require(Transition.table[from]?[move], "\(move) from \(from) is not in the table")
        let isAssigned = after["assignedTo"] != nil
        // The policy leaves phases out; who is assigned stays it.
        let possible: [WorkOrderPhase] =
            switch target {
            case .submitted: [.submitted, .approved]
            case .completed: [.completed, .closed]
            case .scheduled: [isAssigned ? .assigned : .scheduled]
            default: [target]
            }
        #expect(possible.contains(to), "\(move) from \(from) led to \(to)")
        #expect(after.number("version") == (before.number("version") ?? 0) + 1)
        #expect(after["actualStart"] != nil || ![.inProgress, .onHold, .completed, .verified, .closed].contains(to))
        #expect(before["actualStart"] == nil || after["actualStart"] == before["actualStart"], "work begins once")
        #expect((after["actualEnd"] != nil) == (to.status == .completed))
        #expect(after["scheduledStart"] != nil || to.status != .scheduled)
        #expect(isAssigned || ![.assigned, .inProgress].contains(to))
        // Nobody verifies what they have done.
        if move == .verify { #expect((before.object["workedBy"] as? [String])?.isEmpty == false) }
        #expect(after.object["allowedTransitions"] as? [String] == Transition.allowed(from: to).map(\.rawValue))
    }

    /// All steps: the history is a path, and the facts that were published tell the same.
    private func checkHistory(of path: String, as last: ServiceAnswer, _ site: LaborSite) async throws {
        let history = try await site.client.send(.get, "\(path)/history").items
        let phases = history.compactMap { $0["toPhase"] as? String }
        let from = history.dropFirst().compactMap { $0["fromPhase"] as? String }
        #expect(phases.last == last["phase"] && from == Array(phases.dropLast()))
        let versions = history.compactMap { ($0["version"] as? NSNumber)?.int64Value }
        #expect(versions == versions.sorted() && Set(versions).count == versions.count)
        let id = try #require(last["id"])
        let told = try await site.database.outbox(of: WorkOrderStateChanged.self).filter {
            $0.workOrder.description == id
        }
        #expect(told.map { $0.transition } == history.dropFirst().compactMap { $0["transition"] as? String })
        // Who verified is none of those who had worked on it by then.
        for entry in history where entry["transition"] as? String == "verify" {
            let verifier = try #require(entry["by"] as? String)
            let version = (entry["version"] as? NSNumber)?.int64Value ?? 0
            let doers = history.filter {
                ["start", "resume", "complete"].contains($0["transition"] as? String ?? "")
                    && (($0["version"] as? NSNumber)?.int64Value ?? 0) < version
            }
            #expect(!doers.contains { $0["by"] as? String == verifier })
        }
    }
}
