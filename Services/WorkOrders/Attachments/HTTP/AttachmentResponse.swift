import Foundation
import Identifiers
import ServiceKit

/// A file of a work order, as clients see it.
struct AttachmentResponse: Codable, Answer {
    var id: AttachmentID
    var workOrderId: WorkOrderID
    var taskId: TaskID?
    var name: String
    var size: Int
    var sha256: String
    var kind: Attachment.Kind
    var category: Attachment.Category
    /// Of a document about safety or about rules.
    var purpose: Attachment.Purpose?
    var state: Attachment.State
    var contentType: FileType?
    var finding: String?
    /// Whether there are small pictures of it.
    var hasThumbnails: Bool
    /// Where a picture was taken, if the organization keeps that.
    var position: GeoPosition?
    var createdAt: Date
    var createdBy: UserID
    var completedAt: Date?
    /// Of a document about safety: who has read it, the first one first.
    var acknowledgements: [Acknowledgement]?
    /// Until it is complete: when it is forgotten, the size of its parts, and how many there are.
    var expiresAt: Date?
    var partSize: Int?
    var partCount: Int?
    /// Which of them have come; only where one file is read.
    var parts: [Int]?

    init(_ attachment: Attachment, parts: [Int]? = nil, acknowledgements: [Acknowledgement] = []) {
        id = attachment.id
        workOrderId = attachment.workOrder
        taskId = attachment.task
        name = attachment.name
        size = attachment.size
        sha256 = attachment.sha256
        kind = attachment.kind
        category = attachment.category
        purpose = attachment.purpose
        if attachment.purpose == .safety { self.acknowledgements = acknowledgements }
        state = attachment.state
        contentType = attachment.contentType
        finding = attachment.finding
        hasThumbnails = attachment.hasThumbnails ?? false
        position = attachment.position
        createdAt = attachment.createdAt
        createdBy = attachment.createdBy
        completedAt = attachment.completedAt
        self.parts = parts
        guard attachment.isUploading else { return }
        expiresAt = attachment.expiresAt
        partSize = Attachment.partSize
        partCount = attachment.partCount
    }
}

/// `GET /workorders/{id}/attachments`
struct AttachmentList: Codable, Answer {
    var items: [AttachmentResponse]
}
