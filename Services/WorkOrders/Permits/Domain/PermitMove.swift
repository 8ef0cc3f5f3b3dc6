import Access
import Commands
import EventSchema
import Foundation
import Identifiers

/// A named move of a permit to another status. That its time runs out is no move: nobody makes it.
enum PermitMove: String, CaseIterable, Codable, Hashable, Sendable {
    case submit
    case withdraw
    case approve
    case reject
    case activate
    case suspend
    case resume
    case close
    case cancel

    static let table: [PermitStatus: [PermitMove: PermitStatus]] = [
        .draft: [.submit: .pendingApproval, .cancel: .cancelled],
        .pendingApproval: [.withdraw: .draft, .approve: .approved, .reject: .draft, .cancel: .cancelled],
        .approved: [.activate: .active, .cancel: .cancelled],
        .active: [.suspend: .suspended, .close: .closed],
        .suspended: [.resume: .active, .close: .closed, .cancel: .cancelled],
        .closed: [:],
        .cancelled: [:],
        // The locks are still on: somebody takes them off, and restores the place.
        .expired: [.close: .closed],
    ]

    static func allowed(from status: PermitStatus) -> [PermitMove] {
        let moves = table[status] ?? [:]
        return allCases.filter { moves[$0] != nil }
    }
}

/// What a move of a permit needs beside its place in the table.
enum PermitGuard: CaseIterable, Sendable {
    case reason
    /// The work that it is for is still to be done.
    case work
    case content
    case time
    case begun
    case otherThanRequester
    case checklist
    case isolated
    case coordinated
    case unlocked
    case restored

    /// What each move needs, in the order in which it is checked.
    static let table: [PermitMove: [PermitGuard]] = [
        .submit: [.work, .content, .time],
        .approve: [.otherThanRequester, .work, .time],
        .reject: [.reason],
        .activate: [.work, .time, .begun, .checklist, .isolated, .coordinated],
        .suspend: [.reason],
        .resume: [.reason, .work, .time, .checklist, .isolated],
        .close: [.unlocked, .restored],
        .cancel: [.reason, .unlocked],
    ]

    /// - Throws: The refusal that names what is missing.
    func check(_ permit: Permit, _ move: MovePermit, _ terms: PermitTerms) throws {
        switch self {
        case .reason:
            guard let reason = move.reason, !reason.isBlank else { throw Refusal.reasonMissing }
        case .work:
            try terms.order.requireOpenForPermits()
        case .content:
            let missing = permit.missing
            guard missing.isEmpty else { throw PermitRefusal.incomplete(missing) }
        case .time:
            guard terms.now < permit.validUntil else { throw PermitRefusal.timeOver(permit.validUntil) }
        case .begun:
            guard permit.validFrom <= terms.now else { throw PermitRefusal.notYetValid(permit.validFrom) }
        case .otherThanRequester:
            let asked = [permit.createdBy, permit.submittedBy].compactMap(\.self)
            guard !asked.contains(terms.user) else { throw Refusal.samePerson(.approval) }
        case .checklist:
            let open = permit.checklist.filter { !$0.isChecked }.map(\.item)
            guard open.isEmpty else { throw PermitRefusal.checklistOpen(open) }
        case .isolated:
            let open = permit.isolations.filter { $0.state != .verified }.map(\.place)
            guard open.isEmpty else { throw PermitRefusal.notIsolated(open) }
        case .coordinated:
            let known = Set(move.coordinatedWith ?? [])
            let unknown = terms.conflicts.filter { !known.contains($0.id) }
            guard unknown.isEmpty else { throw PermitRefusal.assetUnderPermit(unknown) }
        case .unlocked:
            let locked = permit.locked.map(\.place)
            guard locked.isEmpty else { throw Refusal.isolationsOpen(locked) }
        case .restored:
            guard move.areaRestored == true else { throw PermitRefusal.areaNotRestored }
        }
    }
}

/// By whom and when something is decided about a permit, and what the store knows beside it.
struct PermitTerms: Sendable {
    var user: UserID
    var now: Date
    var order: WorkOrder
    /// Permits of other work on the same equipment; only for `activate`.
    var conflicts: [PermitConflict] = []
    /// The files of the work order that a photo can be; only for `lock`.
    var images: [AttachmentID] = []
}

extension WorkOrder {
    /// Permits are for work that is still to be done.
    func requireOpenForPermits() throws(PermitRefusal) {
        switch phase {
        case .completed, .verified, .closed, .cancelled: throw .workOver(phase)
        case .draft, .submitted, .approved, .scheduled, .assigned, .inProgress, .onHold, .unknown: break
        }
    }
}

extension Permit {
    /// What it must say before somebody can approve it.
    var missing: [String] {
        var missing: [String] = []
        if hazards.isEmpty { missing.append("hazards") }
        if checklist.isEmpty { missing.append("checklist") }
        if workers.isEmpty { missing.append("workers") }
        if kind.isOfIsolation && isolations.isEmpty { missing.append("isolations") }
        return missing
    }
}
