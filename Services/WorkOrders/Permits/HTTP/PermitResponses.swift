import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import ServiceKit

/// A permit to work with its isolations, as clients see it.
struct PermitResponse: Answer, Codable, Versioned {
    var id: PermitID
    /// The number of the work order, and which of its permits this is.
    var number: String
    var workOrderId: WorkOrderID
    var siteId: SiteID
    var assetId: AssetID
    var kind: PermitType
    var status: PermitStatus
    var allowedTransitions: [PermitMove]
    var title: String
    var description: String?
    var location: String?
    var hazards: [Hazard]
    var ppe: [String]
    var precautions: [String]
    var workers: [UserID]
    var validFrom: Date
    var validUntil: Date
    var checklist: [Permit.Check]
    /// In the order in which they are locked.
    var isolations: [IsolationResponse]
    /// What was decided about it, the earliest first.
    var approvals: [Permit.Approval]
    var extensions: [Permit.Extension]
    var suspensions: [Permit.Suspension]
    /// Who asked for approval, took that back, let the work begin, or cancelled; the earliest first.
    var steps: [Permit.Step]
    /// The permits of other work on the same equipment that were known when it was activated.
    var coordinatedWith: [PermitID]
    var closure: Permit.Closure?
    var createdAt: Date
    var createdBy: UserID
    /// Who has asked for approval last.
    var submittedBy: UserID?
    var updatedAt: Date
    var version: Int64

    init(_ permit: Permit) {
        id = permit.id
        number = permit.number
        workOrderId = permit.workOrder
        siteId = permit.site
        assetId = permit.asset
        kind = permit.kind
        status = permit.status
        allowedTransitions = PermitMove.allowed(from: permit.status)
        title = permit.title
        description = permit.description
        location = permit.location
        hazards = permit.hazards
        ppe = permit.ppe
        precautions = permit.precautions
        workers = permit.workers
        validFrom = permit.validFrom
        validUntil = permit.validUntil
        checklist = permit.checklist
        isolations = permit.isolations.map(IsolationResponse.init)
        approvals = permit.approvals
        extensions = permit.extensions
        suspensions = permit.suspensions
        steps = permit.steps
        coordinatedWith = permit.coordinatedWith
        closure = permit.closure
        createdAt = permit.createdAt
        createdBy = permit.createdBy
        submittedBy = permit.submittedBy
        updatedAt = permit.updatedAt
        version = permit.version
    }
}

/// The permits of a work order, the earliest first.
struct PermitList: Answer, Codable {
    var items: [PermitResponse]
}

struct IsolationResponse: Codable, Hashable {
    var id: IsolationID
    /// 1 for the first one to lock, which is the last one to release.
    var position: Int
    var energy: Isolation.Energy
    var place: String
    /// Absent: the work order's asset.
    var equipmentId: AssetID?
    var state: Isolation.State
    var lockNumber: String?
    var tag: String?
    /// Among the files of the work order.
    var photoId: AttachmentID?
    var lockedBy: UserID?
    var lockedAt: Date?
    var measurement: String?
    var verifiedBy: UserID?
    var verifiedAt: Date?
    var releasedBy: UserID?
    var releasedAt: Date?
    var releaseReason: String?

    init(_ isolation: Isolation) {
        id = isolation.id
        position = isolation.position
        energy = isolation.energy
        place = isolation.place
        equipmentId = isolation.equipment
        state = isolation.state
        lockNumber = isolation.lockNumber
        tag = isolation.tag
        photoId = isolation.photo
        lockedBy = isolation.lockedBy
        lockedAt = isolation.lockedAt
        measurement = isolation.measurement
        verifiedBy = isolation.verifiedBy
        verifiedAt = isolation.verifiedAt
        releasedBy = isolation.releasedBy
        releasedAt = isolation.releasedAt
        releaseReason = isolation.releaseReason
    }
}

/// An isolation on the board, with the permit that it belongs to.
struct PlacedIsolationResponse: Codable, Hashable {
    var permitId: PermitID
    var permitNumber: String
    var permitStatus: PermitStatus
    var workOrderId: WorkOrderID
    var siteId: SiteID
    var assetId: AssetID
    var isolation: IsolationResponse

    init(_ placed: PlacedIsolation) {
        permitId = placed.isolation.permit
        permitNumber = placed.permitNumber
        permitStatus = placed.permitStatus
        workOrderId = placed.workOrder
        siteId = placed.site
        assetId = placed.asset
        isolation = IsolationResponse(placed.isolation)
    }
}
