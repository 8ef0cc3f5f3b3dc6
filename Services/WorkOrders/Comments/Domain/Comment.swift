import Commands
import EventSchema
import Foundation
import Identifiers

/// What somebody writes about a work order. It changes nothing of that, so it is possible whatever its state is.
struct Comment: Codable, Hashable, Sendable {
    let id: CommentID
    let tenant: TenantID
    let workOrder: WorkOrderID
    /// `nil` when it was deleted.
    var text: String?
    var mentions: [UserID]
    let createdAt: Date
    let createdBy: UserID
    var updatedAt: Date
    /// Counts its changes.
    var version: Int64
    var deletedAt: Date?

    static let maximumLength = 4000
    static let maximumMentions = 20
    /// Of one work order, those that were deleted included.
    static let maximumCount = 1000

    static func written(
        _ new: WriteComment,
        id: CommentID,
        on order: WorkOrder,
        by user: UserID,
        at now: Date
    ) -> Comment {
        Comment(
            id: id,
            tenant: order.tenant,
            workOrder: order.id,
            text: new.text,
            mentions: (new.mentions ?? []).withoutRepetitions,
            createdAt: now,
            createdBy: user,
            updatedAt: now,
            version: 1
        )
    }

    /// The comment after a change by its author; `nil` when nothing differs.
    func edited(
        _ change: EditComment,
        seen: Int64?,
        by user: UserID,
        at now: Date
    ) throws(CommentRefusal) -> Comment? {
        try requireOpen(to: user, seen: change.version ?? seen)
        var next = self
        if let text = change.text.value { next.text = text }
        if let mentions = change.mentions.value { next.mentions = mentions.withoutRepetitions }
        guard next != self else { return nil }
        (next.updatedAt, next.version) = (now, version + 1)
        return next
    }

    /// It keeps its place, so that the answers to it have something to follow.
    func deleted(seen: Int64?, by user: UserID, at now: Date) throws(CommentRefusal) -> Comment {
        try requireOpen(to: user, seen: seen)
        var next = self
        (next.text, next.mentions) = (nil, [])
        (next.deletedAt, next.updatedAt, next.version) = (now, now, version + 1)
        return next
    }

    private func requireOpen(to user: UserID, seen: Int64?) throws(CommentRefusal) {
        guard createdBy == user else { throw .notAuthor }
        guard deletedAt == nil else { throw .deleted }
        if let seen, seen != version { throw .stale(current: version) }
    }
}

/// Writes a comment.
struct WriteComment: Input {
    var text: String
    var mentions: [UserID]?

    static let rules: Rules = ["text": Comment.textRule, "mentions": Comment.mentionsRule]

    func check(_ errors: inout FieldErrors) { errors.require(!text.isBlank, "text", .blank) }
}

/// Changes a comment of one's own.
struct EditComment: Input {
    var text: Patch<String> = .keep
    var mentions: Patch<[UserID]> = .keep
    /// The version that the caller has seen; `nil` changes any version.
    var version: Int64?

    static let rules: Rules = [
        "text": Comment.textRule, "mentions": Comment.mentionsRule,
        "version": .whole(1...Int64.max).means(
            "The version that the client read last; another current version is a conflict"
        ),
    ]

    func check(_ errors: inout FieldErrors) { errors.require(text.value?.isBlank != true, "text", .blank) }
}

extension Comment {
    fileprivate static let textRule = Rule.text(1...maximumLength).means("What is said, as plain text").example(
        "@Anna, the fan has come"
    )
    fileprivate static let mentionsRule = Rule.items(0...maximumMentions).means(
        "The people whom the text mentions, such as with `@Anna`: active users of the organization"
    )
}

/// A comment's place in the list of its work order.
struct CommentPosition: Codable, Sendable {
    var createdAt: Date
    var id: CommentID
}

/// Why a comment is not written, changed or deleted.
enum CommentRefusal: Error, Hashable, Sendable {
    case unknown
    /// The place among those that are mentioned.
    case unknownPerson(at: Int)
    case tooMany
    case notAuthor
    case deleted
    case stale(current: Int64)
}
