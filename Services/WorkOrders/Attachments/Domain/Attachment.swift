import Access
import Commands
import EventSchema
import Foundation
import Identifiers

/// A file that belongs to a work order. Its bytes are in the object store.
struct Attachment: Codable, Hashable, Sendable {
    enum Kind: String, Codable, CaseIterable, Sendable { case photo, document, other }

    enum Category: String, Codable, CaseIterable, Sendable { case before, during, after, evidence }

    /// What a document is for, where that says who may add it.
    enum Purpose: String, Codable, CaseIterable, Sendable {
        /// Such as a method statement or an assessment of risks: who works on the order acknowledges it.
        case safety
        /// Such as a certificate or a report for an authority.
        case compliance
    }

    enum State: String, Codable, CaseIterable, Sendable {
        /// Parts of it are still to come.
        case uploading
        /// All of it is there, and the scanner could not say whether it is clean.
        case unscanned
        case available
        /// The scanner has recognized something; its bytes are gone.
        case infected
    }

    let id: AttachmentID
    let tenant: TenantID
    let workOrder: WorkOrderID
    var task: TaskID?
    /// What people call it. It is no part of a path, and says nothing about the type.
    var name: String
    /// Of what is stored: a picture loses its position, and with it some bytes.
    var size: Int
    /// The SHA-256 of its bytes, in hexadecimal.
    var sha256: String
    /// That of what was uploaded, where something else is stored.
    var uploadedSha256: String?
    var kind: Kind
    var category: Category
    var purpose: Purpose?
    var state: State
    /// What its content shows; nil before that is known.
    var contentType: FileType?
    /// What the scanner has recognized, or why it can't say.
    var finding: String?
    /// Nil: nobody has tried yet, or it is no picture.
    var hasThumbnails: Bool?
    /// Where a picture was taken, if the organization keeps that.
    var latitude: Double?
    var longitude: Double?
    let createdAt: Date
    let createdBy: UserID
    /// When its parts are removed, and the whole of it if it was not completed by then; nil: that is done.
    var expiresAt: Date?
    var completedAt: Date?
    /// Its row stays, and its bytes: what was evidence once can be asked for.
    var deletedAt: Date?
    var deletedBy: UserID?

    /// At most this many for a work order, whatever their states.
    static let maximumCount = 100
    static let maximumSize = 50 << 20
    /// At most so many people acknowledge one document.
    static let maximumAcknowledgements = 200
    /// How long an upload can take.
    static let patience: TimeInterval = 86_400
    /// A part has the size of the largest body that our servers read.
    static let partSize = 1 << 20
    /// The numbers that parts can have.
    static let partNumbers = 1...(maximumSize / partSize)

    /// What others are told of it: while it is uploaded, nothing.
    func change(after before: Attachment?) -> AttachmentChange? {
        guard deletedAt == nil else { return state == .available ? .deleted : nil }
        guard state != before?.state else { return nil }
        switch state {
        case .available: return .added
        case .infected: return .refused
        case .uploading, .unscanned: return nil
        }
    }

    var partCount: Int { (size + Self.partSize - 1) / Self.partSize }

    /// How many bytes a part has; `nil` if there is no such part.
    func size(ofPart number: Int) -> Int? {
        guard (1...partCount).contains(number) else { return nil }
        return number < partCount ? Self.partSize : size - (partCount - 1) * Self.partSize
    }

    /// - Parameter count: How many the work order has already.
    static func announced(
        _ new: AnnounceAttachment,
        id: AttachmentID,
        on order: WorkOrder,
        count: Int,
        by user: UserID,
        at now: Date
    ) throws(AttachmentRefusal) -> Attachment {
        try order.requireOpenForFiles()
        if let task = new.taskId, !order.tasks.contains(where: { $0.id == task }) { throw .unknownTask }
        guard count < maximumCount else { throw .tooMany }
        return Attachment(
            id: id,
            tenant: order.tenant,
            workOrder: order.id,
            task: new.taskId,
            name: new.name,
            size: Int(new.size),
            sha256: new.sha256.lowercased(),
            kind: new.kind,
            category: new.category,
            purpose: new.purpose,
            state: .uploading,
            createdAt: now,
            createdBy: user,
            expiresAt: now.addingTimeInterval(patience)
        )
    }

    var isUploading: Bool { state == .uploading || state == .unscanned }

    /// Whether parts of it can come, from this person.
    func requireUploading(by user: UserID, at now: Date) throws(AttachmentRefusal) {
        guard createdBy == user else { throw .announcedByAnother }
        guard isUploading, expiresAt.map({ now < $0 }) ?? false else { throw .notUploading(state) }
    }

    /// All of it has come. Only what is known to be clean is available.
    func completed(_ content: CheckedContent, by user: UserID, at now: Date) throws(AttachmentRefusal) -> Attachment {
        try requireUploading(by: user, at: now)
        guard content.size == size, content.sha256 == sha256 else { throw .otherBytes }
        guard let type = content.type else { throw .unknownType }
        guard kind != .photo || type.isImage else { throw .noImage(type) }
        var next = self
        next.contentType = type
        switch content.verdict {
        case .clean:
            (next.state, next.finding, next.completedAt) = (.available, nil, now)
            if let stored = content.stored {
                (next.uploadedSha256, next.sha256, next.size) = (sha256, stored.sha256, stored.size)
            }
            next.hasThumbnails = content.hasThumbnails
            (next.latitude, next.longitude) = (content.position?.latitude, content.position?.longitude)
        case .infected(let name):
            (next.state, next.finding, next.completedAt) = (.infected, name, now)
        case .unscanned(let reason):
            // Its parts stay until it expires, and it can be completed once more.
            (next.state, next.finding) = (.unscanned, reason)
        }
        return next
    }

    func deleted(by user: UserID, at now: Date) -> Attachment {
        var next = self
        (next.deletedAt, next.deletedBy) = (now, user)
        return next
    }

    var position: GeoPosition? { GeoPosition(latitude: latitude, longitude: longitude) }

    /// What is written down of it for years: where somebody was is not.
    var recorded: Attachment {
        var recorded = self
        (recorded.latitude, recorded.longitude) = (nil, nil)
        return recorded
    }

    /// Whether somebody can say that they have read it: a document about safety that they can read.
    func requireAcknowledgeable() throws(AttachmentRefusal) {
        guard purpose == .safety else { throw .notAboutSafety }
        _ = try requireAvailable()
    }

    func requireAvailable() throws(AttachmentRefusal) -> FileType {
        guard state == .available, let contentType else { throw .notAvailable(state) }
        return contentType
    }
}

/// That a person has read a document about safety.
struct Acknowledgement: Codable, Hashable, Sendable {
    var personId: UserID
    var acknowledgedAt: Date
}

extension Attachment.Purpose? {
    /// Whether a file that is for this meets the condition of a grant.
    func meets(_ condition: GrantCondition) -> Bool {
        switch condition {
        case .safetyDocuments: self == .safety
        case .complianceDocuments: self == .compliance
        default: false
        }
    }
}

/// What was found out about the bytes that came.
struct CheckedContent: Hashable, Sendable {
    enum Verdict: Hashable, Sendable {
        case clean
        case infected(String)
        case unscanned(String)
    }

    /// What is stored in place of it.
    struct Stored: Hashable, Sendable {
        var size: Int
        var sha256: String
    }

    var size: Int
    var sha256: String
    var type: FileType?
    var verdict: Verdict
    /// Nil: what came.
    var stored: Stored?
    /// Of a picture that keeps it.
    var position: GeoPosition?
    /// Nil: nobody has tried yet.
    var hasThumbnails: Bool?
}

/// Announces a file, which then comes in parts.
struct AnnounceAttachment: Input {
    var name: String
    var size: Int64
    var sha256: String
    var kind: Attachment.Kind
    var category: Attachment.Category
    var purpose: Attachment.Purpose?
    var taskId: TaskID?

    static let rules: Rules = [
        "name": .line(1...255).means("What people call the file; its type is decided by its content"),
        "purpose": .means(
            "Of a document about safety, which people acknowledge, or about rules; omit it for everything else"
        ),
        "size": .whole(1...Int64(Attachment.maximumSize)).means("In bytes"),
        "sha256": .form(
            64...64,
            pattern: "^[0-9a-fA-F]{64}$",
            FieldRule(code: "not_a_sha256", "must be the 64 hexadecimal digits of a SHA-256"),
            example: String(repeating: "0", count: 64)
        ) { $0.utf8.allSatisfy { Character(UnicodeScalar($0)).isHexDigit } }.means(
            "The SHA-256 of all bytes, in hexadecimal"
        ),
    ]
}

/// Why a file is not attached, or not served.
enum AttachmentRefusal: Error, Hashable, Sendable {
    case unknown
    case unknownTask
    case tooMany
    /// The work order is closed or cancelled.
    case closed(WorkOrderPhase)
    case announcedByAnother
    case notUploading(Attachment.State)
    case unknownPart(Int)
    case wrongPartSize(expected: Int)
    case partsMissing([Int])
    case otherBytes
    case unknownType
    case noImage(FileType)
    /// Its position can't be taken out of it.
    case photoUnreadable
    /// What takes positions out of pictures does not work.
    case photosUnavailable
    case notAvailable(Attachment.State)
    /// Nobody has to acknowledge it.
    case notAboutSafety
    case tooManyAcknowledgements
    /// It is no picture, one that can't be drawn, or one that still will be.
    case noThumbnail
    case rangeOutside(Int)
    /// The service has no object store.
    case noStore
    /// The object store can't be reached.
    case storeUnavailable
}

extension WorkOrder {
    /// Files can be added and removed until the work order is closed: later they are evidence.
    func requireOpenForFiles() throws(AttachmentRefusal) {
        switch phase {
        case .closed, .cancelled: throw .closed(phase)
        case .draft, .submitted, .approved, .scheduled, .assigned, .inProgress, .onHold, .completed, .verified,
            .unknown:
            break
        }
    }
}
