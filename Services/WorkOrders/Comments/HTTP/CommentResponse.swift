import Commands
import Foundation
import HTTPTypes
import Identifiers
import ServiceKit

/// A comment as clients see it.
struct CommentResponse: Answer, Codable, Versioned {
    var id: CommentID
    var workOrderId: WorkOrderID
    /// Absent when it was deleted.
    var text: String?
    var mentions: [UserID]
    var createdAt: Date
    var createdBy: UserID
    /// When its author has changed it last; absent if never.
    var editedAt: Date?
    var deletedAt: Date?
    var version: Int64

    init(_ comment: Comment) {
        id = comment.id
        workOrderId = comment.workOrder
        text = comment.text
        mentions = comment.mentions
        createdAt = comment.createdAt
        createdBy = comment.createdBy
        editedAt = comment.deletedAt == nil && comment.version > 1 ? comment.updatedAt : nil
        deletedAt = comment.deletedAt
        version = comment.version
    }
}

extension CommentRefusal: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .unknown: .notFound("comment")
        case .unknownPerson(let index):
            .field("mentions[\(index)]", FieldRule(problem: "unknown_person", "there is no such active user"))
        case .tooMany:
            Problem(
                .conflict,
                "too_many_comments",
                "a work order has at most \(Comment.maximumCount) comments",
                ["maximum": "\(Comment.maximumCount)"]
            )
        case .notAuthor: .tooNarrow("the comment is somebody else's")
        case .deleted: Problem(.conflict, "comment_deleted", "the comment was deleted")
        case .stale(let current):
            Problem(
                .conflict,
                "stale_version",
                "the comment was changed in the meantime: read it again",
                currentVersion: current
            )
        }
    }
}
