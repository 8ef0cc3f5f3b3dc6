import Access
import Foundation
import Testing

@testable import Auth

/// Every cell of the matrix of roles and features, over the gateway: what is granted works where it reaches, and everything else is refused with
/// the name of the permission or of the condition.
@Suite(.serialized) struct RoleMatrixTests {
    /// Conditions whose fields come later, with the issue that brings them: until then nothing meets them.
    static let later: [GrantCondition: Int] = [
        .fromAlarms: 15, .siteConfiguration: 14,
    ]

    static func matrix() throws -> Matrix {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../../Services/Auth/Policies/matrix.csv"
        )
        return try Matrix(csv: String(contentsOf: file, encoding: .utf8))
    }

    @Test func everyCellHolds() async throws {
        let matrix = try Self.matrix()
        try await Fleet.run { fleet in
            let world = try await World.make(fleet, matrix.roles.map(\.name))
            var cells = 0
            // Those about people come first: some of them want a proof of the last five minutes, and another proof takes its time.
            for feature in matrix.features.reversed() where feature.issue == nil {
                let probes = Probe.all.filter { $0.feature == feature.id }
                #expect(!probes.isEmpty, "\(feature.id) has neither a probe nor an issue")
                for probe in probes {
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for (role, person) in zip(matrix.roles, world.people) {
                            group.addTask {
                                try await Cell(feature: feature, role: role, probe: probe).check(world, person)
                            }
                        }
                        try await group.waitForAll()
                    }
                }
                cells += matrix.roles.count
            }
            // The others wait for their issues, and each of these brings its probes.
            let waiting = matrix.features.filter { $0.issue != nil }
            #expect(waiting.allSatisfy { feature in !Probe.all.contains { $0.feature == feature.id } })
            #expect(cells + waiting.count * matrix.roles.count == matrix.features.count * 17)
            #expect(matrix.features.count { !$0.id.hasPrefix("X") } == 75)
        }
    }
}

/// A cell of the matrix, and how it is tried.
private struct Cell: Sendable {
    let feature: Matrix.Feature
    let role: Matrix.Role
    let probe: Probe

    private var terms: Set<GrantTerms> {
        Set(feature.grants(to: role).filter { $0.permission == probe.permission }.map(\.terms))
    }

    func check(_ world: World, _ person: Person) async throws {
        for position in probe.positions {
            let granted = terms.filter { $0.reaches(position) }
            let met = granted.filter { $0.condition.map { RoleMatrixTests.later[$0] == nil } ?? true }
            let answer = try await probe.attempt(world, person, position, nil)
            let name = "\(feature.id) \(role.name) (\(probe.permission.rawValue), \(position)): \(answer)"
            // A list leaves out what is out of reach.
            let isShown = probe.shows?(answer) ?? true
            if !met.isEmpty {
                #expect(probe.success.contains(answer.status) && isShown, "\(name) is granted")
                for condition in met.compactMap(\.condition) where probe.conditions.contains(condition) {
                    let other = try await probe.attempt(world, person, position, condition)
                    #expect(
                        isRefused(other, for: [condition]),
                        "\(name) is granted only if \(condition.rawValue): \(other)"
                    )
                }
            } else if probe.shows != nil || probe.leavesOut, answer.status == 200 {
                #expect(!terms.isEmpty && (probe.leavesOut || !isShown), "\(name) is out of reach")
            } else {
                #expect(isRefused(answer, for: terms.compactMap(\.condition)), "\(name) is not granted")
            }
        }
    }

    /// Whether the refusal gives its reason.
    private func isRefused(_ answer: Probe.Answer, for conditions: [GrantCondition]) -> Bool {
        let code = answer.body["code"] as? String ?? ""
        if terms.isEmpty {
            return probe.isOfOwners && answer.status == 404
                || answer.status == 403 && code == "permission_missing"
                    && (answer.body["permission"] as? String)?.contains(probe.permission.rawValue) == true
        }
        if code == "condition_not_met" {
            return answer.status == 403 && answer.body["permission"] as? String == probe.permission.rawValue
                && conditions.contains { $0.rawValue == answer.body["condition"] as? String }
        }
        // The limit is an amount, and named with it.
        if code == "above_approval_limit" { return answer.status == 403 && conditions.contains(.limitedAmount) }
        // What people can't see is not there for them; what they see is refused with how far their grants reach.
        if code == "permission_too_narrow" {
            return answer.status == 403 && !((answer.body["granted"] as? [String]) ?? []).isEmpty
        }
        return answer.status == 404 || answer.status == 400 && code.hasPrefix("unknown_")
    }
}

extension GrantTerms {
    fileprivate func reaches(_ position: Position) -> Bool {
        switch scope {
        case .tenant: true
        case .sites: position != .elsewhere
        case .team: position == .own || position == .team
        case .own, .assigned: position == .own
        case .assets: false
        }
    }
}
