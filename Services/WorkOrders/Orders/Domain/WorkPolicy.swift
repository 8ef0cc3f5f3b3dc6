import Commands
import EventSchema
import Foundation
import Identifiers
import Money

/// What a tenant asks for before work may begin, and after it has ended. It asks for nothing until somebody says so.
struct WorkPolicy: Codable, Hashable, Sendable {
    /// Whether somebody else must approve what was submitted.
    var approval = Demand.never
    /// Whether somebody else must verify what was completed.
    var verification = Demand.never
    /// Whether somebody must have recorded time before work is completed.
    var labor = Demand.never
    /// Whether work is completed only with a word on what was done.
    var notes = Demand.never
    /// What those approve at most whose permission to approve has a limit, in the organization's currency.
    var approvalLimit = Self.approvalLimit
    /// How long work orders stay.
    var retention = Retention.usual
    /// What becomes of the position that a phone writes into a picture. It is personal data of whoever took it, and the work order names the place.
    var photoPosition = PhotoPosition.strip
    /// Counts its changes: 0 while nobody has said anything.
    var version: Int64 = 0

    /// When something is asked for.
    struct Demand: Input, Codable, Hashable {
        enum Occasion: String, Codable, CaseIterable, Sendable {
            case never
            /// For work that is expected to cost more than an amount. What nobody has estimated is not above it: an emergency at night has no estimate.
            case above
            /// For work of some types.
            case types
            case always
        }

        var when: Occasion
        var types: [WorkOrderType]?
        /// In the organization's currency.
        var amount: Amount?

        static let never = Demand(when: .never)

        static let rules: Rules = [
            "types": .items(1...WorkOrderType.allCases.count).means(
                "With `types`: the types of work for which it is asked"
            ),
            "amount": .amount(.zero...WorkPolicy.mostAmount, example: "5000.00").means(
                "With `above`: it is asked for work that is expected to cost more, in the organization's currency. What nobody has estimated is not above it"
            ),
        ]

        /// - Parameter estimate: What the work is expected to cost, if somebody has said so.
        func holds(for order: WorkOrder, _ estimate: Amount?) -> Bool {
            switch when {
            case .never: false
            case .above: estimate.map { $0 > amount ?? .zero } ?? false
            case .types: types?.contains(order.type) ?? false
            case .always: true
            }
        }
    }

    /// The phase that a move leads to, without those that the policy leaves out.
    func settled(_ target: WorkOrderPhase, _ order: WorkOrder, _ estimate: Amount? = nil) -> WorkOrderPhase {
        switch target {
        case .submitted: approval.holds(for: order, estimate) ? .submitted : .approved
        case .completed: verification.holds(for: order, estimate) ? .completed : .closed
        // Who is assigned already stays it.
        case .scheduled: order.isAssigned ? .assigned : .scheduled
        default: target
        }
    }

    static let mostAmount = Amount("99999999999.9999") ?? .zero
    /// What the specification gives a site engineer.
    static let approvalLimit = Amount("25000") ?? .zero
}

/// What becomes of the position in a picture that is attached.
enum PhotoPosition: String, Codable, CaseIterable, Sendable {
    case keep
    case strip
}

/// Sets a tenant's policy for work orders. What waits for approval or verification already goes on waiting.
struct SetWorkPolicy: Input {
    var approval: WorkPolicy.Demand
    var verification: WorkPolicy.Demand
    var labor: WorkPolicy.Demand?
    var notes: WorkPolicy.Demand?
    var approvalLimit: Amount?
    var retention: Retention?
    var photoPosition: PhotoPosition?
    /// The version that the caller has seen; `nil` changes any version.
    var version: Int64?

    static let rules: Rules = [
        "labor": .means("Whether somebody must have recorded time before work is completed; without it never"),
        "notes": .means("Whether `completionNotes` must say what was done before work is completed; without it never"),
        "approvalLimit": .amount(.zero...WorkPolicy.mostAmount, example: "25000.00").means(
            "What those approve at most whose permission to approve has a limit, in the organization's currency; without it, 25000"
        ),
        "retention": .means(
            "How long work orders stay; without it they go into the archive after two years, and are deleted seven years later"
        ),
        "photoPosition": .means(
            "With `strip`, pictures are stored without the position where they were taken; with `keep`, as they come. Without it, `strip`"
        ),
        "version": .whole(0...Int64.max).means(
            "The version that the client read last; another current version is a conflict"
        ),
    ]

    func check(_ errors: inout FieldErrors) {
        errors.require(retention?.isPossible ?? true, "retention.archiveAfterMonths", .required)
        errors.require(labor?.when != .above, "labor.when", Self.laborIsNotAbove)
        let demands = [
            ("approval", approval), ("verification", verification), ("labor", labor ?? .never),
            ("notes", notes ?? .never),
        ]
        for (name, demand) in demands {
            let isOfTypes = demand.when == .types
            errors.require(isOfTypes == (demand.types != nil), "\(name).types", isOfTypes ? .required : .onlyWithTypes)
            let isAbove = demand.when == .above
            errors.require(isAbove == (demand.amount != nil), "\(name).amount", isAbove ? .required : .onlyWithAbove)
        }
    }

    /// An amount of the work itself is known too late for what was recorded on it.
    private static let laborIsNotAbove = FieldRule(
        code: "labor_not_above",
        "can't depend on an amount for recorded time"
    )

    func policy(after before: WorkPolicy) throws(Refusal) -> WorkPolicy {
        if let version, version != before.version { throw .stalePolicy(current: before.version) }
        return WorkPolicy(
            approval: approval,
            verification: verification,
            labor: labor ?? .never,
            notes: notes ?? .never,
            approvalLimit: approvalLimit ?? WorkPolicy.approvalLimit,
            retention: retention ?? .usual,
            photoPosition: photoPosition ?? .strip,
            version: before.version + 1
        )
    }
}

extension FieldRule {
    fileprivate static let onlyWithAbove = FieldRule(
        code: "only_with_above",
        "must be left out unless `when` is `above`"
    )
    fileprivate static let onlyWithTypes = FieldRule(
        code: "only_with_types",
        "must be left out unless `when` is `types`"
    )
}
