import EventSchema
import Foundation
import Identifiers

/// A permit to work: who does which work where, against which dangers, and until when. It belongs to a work order, and its isolations to it: all of
/// them are decided together, while the work order is held.
struct Permit: Codable, Hashable, Sendable {
    let id: PermitID
    let tenant: TenantID
    let workOrder: WorkOrderID
    let site: SiteID
    let asset: AssetID
    /// The number that people use: the work order's, and which of its permits this is.
    let number: String
    let kind: PermitType
    var status: PermitStatus
    var title: String
    var description: String?
    /// Where on the site.
    var location: String?
    var hazards: [Hazard]
    /// What whoever works there wears.
    var ppe: [String]
    var precautions: [String]
    /// Who may work under it.
    var workers: [UserID]
    var validFrom: Date
    var validUntil: Date
    /// What is looked at before work begins.
    var checklist: [Check]
    /// What has been decided about it, the earliest first.
    var approvals: [Approval]
    var extensions: [Extension]
    var suspensions: [Suspension]
    /// The moves that no list of their own tells of, the earliest first.
    var steps: [Step]
    /// The permits of other work on the same equipment, of which the person who activated it knew.
    var coordinatedWith: [PermitID]
    var closure: Closure?
    let createdAt: Date
    let createdBy: UserID
    /// Who has asked for approval last.
    var submittedBy: UserID?
    var updatedAt: Date
    /// Counts its changes, those of its isolations included.
    var version: Int64
    /// In the order in which they are locked.
    var isolations: [Isolation]

    struct Check: Codable, Hashable, Sendable {
        var item: String
        var isChecked = false
        var checkedBy: UserID?
        var checkedAt: Date?
        var comment: String?
    }

    struct Approval: Codable, Hashable, Sendable {
        enum Decision: String, Codable, CaseIterable, Sendable { case approved, rejected }

        var decision: Decision
        var by: UserID
        var at: Date
        var comment: String?
    }

    struct Extension: Codable, Hashable, Sendable {
        var until: Date
        var reason: String
        var requestedBy: UserID
        var requestedAt: Date
        /// `nil` until somebody else has decided.
        var decision: Approval?
    }

    struct Suspension: Codable, Hashable, Sendable {
        var reason: String
        var by: UserID
        var at: Date
        var resumedBy: UserID?
        var resumedAt: Date?
        /// Why it is safe again.
        var resumedBecause: String?
    }

    /// Who asked for approval, took that back, let the work begin, or cancelled.
    struct Step: Codable, Hashable, Sendable {
        enum Move: String, Codable, CaseIterable, Sendable { case submit, withdraw, activate, cancel }

        var move: Move
        var by: UserID
        var at: Date
        var reason: String?
    }

    struct Closure: Codable, Hashable, Sendable {
        var by: UserID
        var at: Date
        /// Whether the work under it was finished.
        var workCompleted: Bool
        var note: String?
    }

    // MARK: - Limits

    /// Of one work order.
    static let maximumCount = 50
    static let maximumHazards = 20
    static let maximumChecks = 50
    static let maximumIsolations = 50
    static let maximumWorkers = 50
    static let maximumExtensions = 20
    /// How often it can be asked for, decided about and suspended before no more can be asked for, and nothing resumed.
    static let maximumMoves = 100
    /// Longer work gets another permit: somebody looks at the dangers anew.
    static let maximumDays = 31

    // MARK: - What is true of it

    /// Those of which a lock is on.
    var locked: [Isolation] { isolations.filter(\.isOn) }

    /// Whether every isolation is locked, and somebody else has found no energy behind it.
    var isIsolated: Bool { isolations.allSatisfy { $0.state == .verified } }

    /// Whether its time runs: it can end by itself.
    var expires: Bool { Self.expiring.contains(status) }

    static let expiring: Set<PermitStatus> = [.pendingApproval, .approved, .active, .suspended]

    /// Whether nothing more can become of it.
    var isOver: Bool { status == .closed || status == .cancelled }

    /// The last suspension that has not ended.
    var openSuspension: Int? { suspensions.lastIndex { $0.resumedAt == nil } }

    /// The extension that nobody has decided about.
    var openExtension: Int? { extensions.lastIndex { $0.decision == nil } }

    /// The next version of it, changed by `change`.
    func next(at now: Date, _ change: (inout Permit) throws -> Void) rethrows -> Permit {
        var next = self
        try change(&next)
        next.version += 1
        next.updatedAt = now
        return next
    }

    func requireVersion(_ expected: Int64?) throws(PermitRefusal) {
        if let expected, expected != version { throw .stale(current: version) }
    }
}

extension PermitType {
    /// Whether it is about isolation from energy (lockout and tagout): without isolations it says nothing.
    var isOfIsolation: Bool { self == .electricalLoto || self == .mechanicalLoto }
}

/// A danger, and what is done against it.
struct Hazard: Codable, Hashable, Sendable {
    enum Kind: String, Codable, CaseIterable, Sendable {
        case electrical, mechanical, chemical, thermal, fall
        case confinedSpace = "confined_space"
        case radiation, ergonomic, environmental
    }

    enum Severity: String, Codable, CaseIterable, Sendable { case low, medium, high, critical }

    var kind: Kind
    var severity: Severity
    var mitigation: String
}

/// What a work order knows of one of its permits: whether work may go on under it.
struct PermitFact: Hashable, Sendable {
    var id: PermitID
    var number: String
    var kind: PermitType
    var status: PermitStatus
    var validFrom: Date
    var validUntil: Date
    /// Whether every isolation is locked and verified.
    var isIsolated: Bool
    /// The isolations of which a lock is on, by their places.
    var locked: [String]

    /// Whether work may be done under it at this moment. Its time counts also before anybody has noticed that it is over.
    func isInForce(at now: Date) -> Bool {
        status == .active && isIsolated && validFrom <= now && now < validUntil
    }

    /// Its status, by the time.
    func status(at now: Date) -> PermitStatus {
        Permit.expiring.contains(status) && now >= validUntil ? .expired : status
    }
}

/// Another work order's permit on the same equipment, or on what that belongs to or consists of.
struct PermitConflict: Codable, Hashable, Sendable {
    var id: PermitID
    var number: String
}

/// Where a permit is in the list of those of a tenant: what ends first comes first.
struct PermitPosition: Codable, Sendable {
    var validUntil: Date
    var id: PermitID
}
