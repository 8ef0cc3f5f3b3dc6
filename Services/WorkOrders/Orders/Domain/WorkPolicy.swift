import Commands
import EventSchema
import Foundation
import Identifiers

/// What a tenant asks for before work may begin, and after it has ended. It asks for nothing until somebody says so.
struct WorkPolicy: Codable, Hashable, Sendable {
    /// Whether somebody else must approve what was submitted.
    var approval = Demand.never
    /// Whether somebody else must verify what was completed.
    var verification = Demand.never
    /// Whether somebody must have recorded time before work is completed.
    var labor = Demand.never
    /// Counts its changes: 0 while nobody has said anything.
    var version: Int64 = 0

    /// When something is asked for.
    struct Demand: Input, Codable, Hashable {
        enum Occasion: String, Codable, CaseIterable, Sendable {
            case never
            /// For work of some types.
            case types
            case always
        }

        var when: Occasion
        var types: [WorkOrderType]?

        static let never = Demand(when: .never)

        static let rules: Rules = [
            "types": .items(1...WorkOrderType.allCases.count).means(
                "With `types`: the types of work for which it is asked"
            )
        ]

        func holds(for order: WorkOrder) -> Bool {
            switch when {
            case .never: false
            case .types: types?.contains(order.type) ?? false
            case .always: true
            }
        }
    }

    /// The phase that a move leads to, without those that the policy leaves out.
    func settled(_ target: WorkOrderPhase, _ order: WorkOrder) -> WorkOrderPhase {
        switch target {
        case .submitted: approval.holds(for: order) ? .submitted : .approved
        case .completed: verification.holds(for: order) ? .completed : .closed
        // Who is assigned already stays it.
        case .scheduled: order.assignedTo == nil ? .scheduled : .assigned
        default: target
        }
    }
}

/// Sets a tenant's policy for work orders. What waits for approval or verification already goes on waiting.
struct SetWorkPolicy: Input {
    var approval: WorkPolicy.Demand
    var verification: WorkPolicy.Demand
    var labor: WorkPolicy.Demand?
    /// The version that the caller has seen; `nil` changes any version.
    var version: Int64?

    static let rules: Rules = [
        "labor": .means("Whether somebody must have recorded time before work is completed; without it never"),
        "version": .whole(0...Int64.max).means(
            "The version that the client read last; another current version is a conflict"
        ),
    ]

    func check(_ errors: inout FieldErrors) {
        for (name, demand) in [("approval", approval), ("verification", verification), ("labor", labor ?? .never)] {
            let isOfTypes = demand.when == .types
            errors.require(isOfTypes == (demand.types != nil), "\(name).types", isOfTypes ? .required : .onlyWithTypes)
        }
    }

    func policy(after before: WorkPolicy) throws(Refusal) -> WorkPolicy {
        if let version, version != before.version { throw .stalePolicy(current: before.version) }
        return WorkPolicy(
            approval: approval,
            verification: verification,
            labor: labor ?? .never,
            version: before.version + 1
        )
    }
}

extension FieldRule {
    fileprivate static let onlyWithTypes = FieldRule(
        code: "only_with_types",
        "must be left out unless `when` is `types`"
    )
}
