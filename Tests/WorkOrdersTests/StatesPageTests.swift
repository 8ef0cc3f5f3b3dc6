import Access
import EventSchema
import Foundation
import TestSupport
import Testing

@testable import WorkOrders

/// `docs/work-order-states.md` is made of the tables that decide. `make api` writes it.
@Suite struct StatesPageTests {
    @Test func theAPIDocumentIsUpToDate() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../docs/work-order-states.md"
        )
        if ProcessInfo.processInfo.environment["UPDATE_API"] != nil {
            try Data(Self.page.utf8).write(to: file)
        }
        let committed = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        #expect(Self.page == committed, "docs/work-order-states.md differs from the tables: run `make api`")
    }

    private static var page: String {
        let phases = WorkOrderPhase.allCases
        return """
            # States of a work order

            Made by `make api` of the tables in `Shared/EventSchema/Transition.swift` and `Services/WorkOrders/Orders/Domain`: edit those instead.

            A work order has one of seven states, and within some of them phases. An organization's policy (`PUT /api/v1/workorders/policy`)
            says for which work somebody else has to approve it before it begins, and to verify it after it has ended. Where it does not,
            `submit` leads to `approved`, and `complete` leads to `closed`: so without a policy only the seven states are to be seen.

            ```mermaid
            stateDiagram-v2
            \(drawing(phases))
            ```

            ## Moves

            A move that is not here is refused with 400 `illegal_transition`, and `allowedTransitions` says which there are.

            | from | state | move | to | needs the permission | and |
            |---|---|---|---|---|---|
            \(phases.flatMap(moves).joined(separator: "\n"))

            ## Fields

            What is not open is refused with 400 `fields_fixed`, over HTTP and offline.

            | field | \(phases.filter(isOpen).map(\.rawValue).joined(separator: " | ")) |
            |---|\(phases.filter(isOpen).map { _ in "---|" }.joined())
            \(WorkOrderField.allCases.map { row($0, phases.filter(isOpen)) }.joined(separator: "\n"))

            ## Work and the state of the asset

            Which types of work each state of an asset admits. It is asked when work is created, submitted, scheduled and started; what is not
            admitted is refused with 409 `work_not_admitted`, and all work on a decommissioned asset with 400 `asset_decommissioned`. What an alert
            or a prediction asks for is opened unless the asset is decommissioned.

            | asset | \(WorkOrderType.allCases.map(\.rawValue).joined(separator: " | ")) |
            |---|\(WorkOrderType.allCases.map { _ in "---|" }.joined())
            \(AssetStatus.allCases.map(row).joined(separator: "\n"))

            """
    }

    /// Closed and cancelled work orders are as they are.
    private static func isOpen(_ phase: WorkOrderPhase) -> Bool { phase != .closed && phase != .cancelled }

    private static func drawing(_ phases: [WorkOrderPhase]) -> String {
        phases.flatMap { phase in
            Transition.allowed(from: phase).compactMap { move in
                Transition.table[phase]?[move].flatMap {
                    $0 == phase ? nil : "    \(phase.rawValue) --> \($0.rawValue): \(move.rawValue)"
                }
            }
        }.joined(separator: "\n")
    }

    private static func moves(_ phase: WorkOrderPhase) -> [String] {
        Transition.allowed(from: phase).map { move in
            let needs = (Guard.table[move] ?? []).map(\.text).joined(separator: "; ")
            let target = Transition.table[phase]?[move]?.rawValue ?? ""
            return
                "| \(phase.rawValue) | \(phase.status.rawValue) | `\(move.rawValue)` | \(target) | `\(move.permission.rawValue)` | \(needs) |"
        }
    }

    private static func row(_ status: AssetStatus) -> String {
        "| \(status.rawValue) | \(WorkOrderType.allCases.map { status.admits($0) ? "yes" : "" }.joined(separator: " | ")) |"
    }

    private static func row(_ field: WorkOrderField, _ phases: [WorkOrderPhase]) -> String {
        "| \(field.rawValue) | \(phases.map { field.phases.contains($0) ? "yes" : "" }.joined(separator: " | ")) |"
    }
}
