import EventSchema
import Foundation
import Identifiers

/// Why a permit is not written, moved or locked. Each case is a rule that a person can understand and act on.
enum PermitRefusal: Error, Hashable, Sendable {
    case unknown
    /// The place among those that may work under it.
    case unknownWorker(at: Int)
    /// The place among its isolations.
    case unknownEquipment(at: Int)
    case unknownPhoto
    case unknownItem
    case unknownIsolation
    /// The work order, or the permit itself, has as many as it can.
    case tooMany
    /// The work order that it is for.
    case workOver(WorkOrderPhase)
    case illegalMove(PermitMove, from: PermitStatus)
    case notDraft(PermitStatus)
    /// Fields that it needs before somebody can approve it.
    case incomplete([String])
    case timeOver(Date)
    case notYetValid(Date)
    case checklistOpen([String])
    case notIsolated([String])
    /// Other work is permitted on the same equipment, and nobody has said that it is known.
    case assetUnderPermit([PermitConflict])
    case areaNotRestored
    /// What is done only between approval and the beginning of work.
    case notBeforeWork(PermitStatus)
    case notExtendable(PermitStatus)
    case extensionOpen
    case noExtension
    case isolationIs(Isolation.State, String)
    /// This place is locked, or released, before.
    case outOfOrder(String)
    case lockInUse(String)
    case verifiesOwnLock
    case lockOfAnother
    case stale(current: Int64)
}
