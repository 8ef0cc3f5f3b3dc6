import Commands
import EventSchema
import Foundation
import Identifiers

enum IsolationKind {}
/// Identifies a point of isolation of a permit.
typealias IsolationID = Identifier<IsolationKind>

/// A point at which equipment is cut off from an energy, and kept so by a lock.
struct Isolation: Codable, Hashable, Sendable {
    enum Energy: String, Codable, CaseIterable, Sendable {
        case electrical, mechanical, hydraulic, pneumatic, thermal, chemical, gravitational
    }

    enum State: String, Codable, CaseIterable, Sendable {
        case planned
        /// A lock is on.
        case locked
        /// Somebody else has tried it, and found no energy.
        case verified
        /// The lock is off. It is not put on again: other work needs another permit.
        case released
    }

    let id: IsolationID
    let permit: PermitID
    /// 1 for the first one to lock, which is the last one to release.
    let position: Int
    let energy: Energy
    /// Where it is: the breaker, the valve, the pin.
    let place: String
    /// The equipment that it cuts off, where that is not the work order's asset.
    let equipment: AssetID?
    var state: State
    /// What is written on the lock. No other lock of the organization that is on has it.
    var lockNumber: String?
    var tag: String?
    /// A file of the work order that shows the lock.
    var photo: AttachmentID?
    var lockedBy: UserID?
    var lockedAt: Date?
    /// What was measured, such as `0 V between all phases`.
    var measurement: String?
    var verifiedBy: UserID?
    var verifiedAt: Date?
    var releasedBy: UserID?
    var releasedAt: Date?
    /// Why somebody else than the lock's owner has taken it off.
    var releaseReason: String?

    var isOn: Bool { state == .locked || state == .verified }
}

extension [Isolation] {
    static func planned(_ points: [NewIsolation], of permit: PermitID) -> [Isolation] {
        points.enumerated().map { index, point in
            Isolation(
                id: .new(),
                permit: permit,
                position: index + 1,
                energy: point.energy,
                place: point.place,
                equipment: point.equipmentId,
                state: .planned
            )
        }
    }
}

extension NewIsolation {
    init(_ isolation: Isolation) {
        self.init(energy: isolation.energy, place: isolation.place, equipmentId: isolation.equipment)
    }
}

extension Permit {
    /// Puts a lock on. Locks go on in the order of the plan, once the permit is approved: nobody locks what nobody has agreed to.
    func locking(_ id: IsolationID, _ lock: LockIsolation, seen: Int64?, _ terms: PermitTerms) throws -> Permit {
        try requireVersion(lock.version ?? seen)
        let index = try index(of: id)
        guard status == .approved else { throw PermitRefusal.notBeforeWork(status) }
        try terms.order.requireOpenForPermits()
        try PermitGuard.time.check(self, MovePermit(), terms)
        try requireState([.planned], of: isolations[index])
        // With one lock off, nobody works under this permit any more.
        if let off = isolations.first(where: { $0.state == .released }) {
            throw PermitRefusal.isolationIs(.released, off.place)
        }
        if let earlier = isolations[..<index].first(where: { $0.state == .planned }) {
            throw PermitRefusal.outOfOrder(earlier.place)
        }
        if let photo = lock.photoId, !terms.images.contains(photo) { throw PermitRefusal.unknownPhoto }
        return next(at: terms.now) { permit in
            permit.isolations[index].state = .locked
            permit.isolations[index].lockNumber = lock.lockNumber
            permit.isolations[index].tag = lock.tag
            permit.isolations[index].photo = lock.photoId
            permit.isolations[index].lockedBy = terms.user
            permit.isolations[index].lockedAt = terms.now
        }
    }

    /// Somebody else than who has locked it has tried it, and found no energy.
    func verifying(_ id: IsolationID, _ found: VerifyIsolation, seen: Int64?, _ terms: PermitTerms) throws -> Permit {
        try requireVersion(found.version ?? seen)
        let index = try index(of: id)
        guard status == .approved else { throw PermitRefusal.notBeforeWork(status) }
        try requireState([.locked], of: isolations[index])
        guard isolations[index].lockedBy != terms.user else { throw PermitRefusal.verifiesOwnLock }
        return next(at: terms.now) { permit in
            permit.isolations[index].state = .verified
            permit.isolations[index].measurement = found.measurement
            permit.isolations[index].verifiedBy = terms.user
            permit.isolations[index].verifiedAt = terms.now
        }
    }

    /// Takes a lock off, in the reverse order of the plan: by whoever has put it on, or with a reason by somebody who may approve the permit.
    ///
    /// - Parameter mayApprove: Whether the person may approve this permit.
    func releasing(
        _ id: IsolationID,
        _ release: ReleaseIsolation,
        mayApprove: Bool,
        seen: Int64?,
        _ terms: PermitTerms
    ) throws -> Permit {
        try requireVersion(release.version ?? seen)
        let index = try index(of: id)
        try requireState([.locked, .verified], of: isolations[index])
        if let later = isolations[(index + 1)...].last(where: \.isOn) { throw PermitRefusal.outOfOrder(later.place) }
        let isOwner = isolations[index].lockedBy == terms.user
        guard isOwner || mayApprove else { throw PermitRefusal.lockOfAnother }
        if !isOwner {
            guard let reason = release.reason, !reason.isBlank else { throw Refusal.reasonMissing }
        }
        return next(at: terms.now) { permit in
            permit.isolations[index].state = .released
            permit.isolations[index].releasedBy = terms.user
            permit.isolations[index].releasedAt = terms.now
            permit.isolations[index].releaseReason = release.reason
        }
    }

    private func index(of id: IsolationID) throws(PermitRefusal) -> Int {
        guard let index = isolations.firstIndex(where: { $0.id == id }) else { throw .unknownIsolation }
        return index
    }

    private func requireState(_ states: Set<Isolation.State>, of point: Isolation) throws(PermitRefusal) {
        guard states.contains(point.state) else { throw .isolationIs(point.state, point.place) }
    }
}
