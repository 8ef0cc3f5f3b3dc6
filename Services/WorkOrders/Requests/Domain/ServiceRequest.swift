import Commands
import EventSchema
import Foundation
import Identifiers

enum ServiceRequestKind {}
/// Names a request; the work order that is made of it has the same UUID.
typealias ServiceRequestID = Identifier<ServiceRequestKind>

/// What somebody without an account has asked for.
struct ServiceRequest: Codable, Hashable, Sendable {
    enum State: String, Codable, CaseIterable, Sendable { case new, converted, declined }

    let id: ServiceRequestID
    let tenant: TenantID
    let link: RequestLinkID
    /// The link's, at that time.
    let label: String
    let site: SiteID
    let asset: AssetID?
    let kind: RequestLink.Asked
    let description: String
    var contactName: String?
    var contact: String?
    var state: State
    /// Why it was declined.
    var reason: String?
    /// The work order that was made of it.
    var workOrder: WorkOrderID?
    let createdAt: Date
    var decidedAt: Date?
    var decidedBy: UserID?

    static let maximumPhotos = 3
    static let maximumPhotoSize = 5 << 20
    /// How long it is kept how to reach who has asked: after the decision, and if there is none.
    static let contactAfterDecision: TimeInterval = 30 * 86_400
    static let contactAtMost: TimeInterval = 180 * 86_400
    /// How long a request that was declined is kept.
    static let declinedKept: TimeInterval = 365 * 86_400

    /// The id that its work order has, and that its photos carry from the beginning.
    var orderID: WorkOrderID { WorkOrderID(id.rawValue) }

    static func asked(
        _ new: AskForWork,
        at link: RequestLink,
        id: ServiceRequestID,
        at now: Date
    ) throws(RequestRefusal) -> ServiceRequest {
        guard link.isOpen(at: now) else { throw .unknownLink }
        guard link.kinds.contains(new.kind) else { throw .notAsked(new.kind) }
        return ServiceRequest(
            id: id,
            tenant: link.tenant,
            link: link.id,
            label: link.label,
            site: link.site,
            asset: link.asset,
            kind: new.kind,
            description: new.description,
            contactName: new.name,
            contact: new.contact,
            state: .new,
            createdAt: now
        )
    }

    /// A photo that is announced. Until there is a work order, its place is the request.
    ///
    /// - Parameter count: How many it has already.
    func photo(
        _ new: AnnouncePhoto,
        id: AttachmentID,
        count: Int,
        of link: RequestLink,
        at now: Date
    ) throws(RequestRefusal) -> Attachment {
        guard state == .new else { throw .alreadyDecided(state) }
        guard count < Self.maximumPhotos else { throw .tooManyPhotos }
        return Attachment(
            id: id,
            tenant: tenant,
            workOrder: orderID,
            name: "photo-\(count + 1)",
            size: Int(new.size),
            sha256: new.sha256.lowercased(),
            kind: .photo,
            category: .before,
            state: .uploading,
            createdAt: now,
            // Who has made the link answers for what comes through it: nobody else is known.
            createdBy: link.createdBy,
            expiresAt: now.addingTimeInterval(Attachment.patience)
        )
    }

    func converted(by user: UserID, at now: Date) throws(RequestRefusal) -> ServiceRequest {
        guard state == .new else { throw .alreadyDecided(state) }
        var next = self
        (next.state, next.workOrder, next.decidedAt, next.decidedBy) = (.converted, orderID, now, user)
        return next
    }

    func declined(because reason: String, by user: UserID, at now: Date) throws(RequestRefusal) -> ServiceRequest {
        guard state == .new else { throw .alreadyDecided(state) }
        var next = self
        (next.state, next.reason, next.decidedAt, next.decidedBy) = (.declined, reason, now, user)
        return next
    }

    /// The body of the work order: what was asked for, word for word, and where.
    func order(_ conversion: ConvertRequest, on asset: AssetID) -> CreateWorkOrder {
        let words = "\(label): \(description)"
        return CreateWorkOrder(
            assetId: asset,
            title: conversion.title
                ?? (words.split(whereSeparator: \.isNewline).first.map(String.init) ?? words).cut(
                    to: WorkOrder.maximumTitle
                ),
            description: conversion.description ?? words,
            type: conversion.type ?? .corrective,
            priority: conversion.priority ?? (kind == .safety ? .high : .medium)
        )
    }
}

/// Asks for work, without an account.
struct AskForWork: Input {
    /// Made up by the client: the same key is the same request.
    var clientKey: RequestToken
    var kind: RequestLink.Asked
    var description: String
    var name: String?
    var contact: String?

    static let rules: Rules = [
        "clientKey": .means(
            "Made up at random by the client, once for a request, so that sending it again asks for nothing new"
        ),
        "description": .text(1...4000).means("What is wrong, or wanted"),
        "name": .line(0...120).means("Who asks, if they want to say so"),
        "contact": .line(0...200).means("How to reach them; it is removed 30 days after the decision"),
    ]

    func check(_ errors: inout FieldErrors) { errors.require(!description.isBlank, "description", .blank) }
}

/// Announces a photo, which then comes in parts.
struct AnnouncePhoto: Input {
    var size: Int64
    var sha256: String

    static let rules: Rules = [
        "size": .whole(1...Int64(ServiceRequest.maximumPhotoSize)).means("In bytes"),
        "sha256": AnnounceAttachment.rules["sha256"] ?? .line(64...64),
    ]
}

/// Makes a work order of a request. What is left out follows from the request.
struct ConvertRequest: Input {
    var assetId: AssetID?
    var title: String?
    var description: String?
    var type: WorkOrderType?
    var priority: WorkOrderPriority?

    static let rules: Rules = [
        "assetId": .means("The asset; needed where the link is for a site"),
        "title": .line(1...WorkOrder.maximumTitle).means("Without it, the first line of what was asked for"),
        "description": .text(0...WorkOrder.maximumDescription).means("Without it, what was asked for"),
        "type": .means("Without it, corrective"),
        "priority": .means("Without it, high where it is about safety, else medium"),
    ]
}

/// Says no to a request.
struct DeclineRequest: Input {
    var reason: String

    static let rules: Rules = ["reason": .text(1...2000).means("Why, for colleagues; who has asked does not see it")]

    func check(_ errors: inout FieldErrors) { errors.require(!reason.isBlank, "reason", .blank) }
}

struct ServiceRequestFilter: Input {
    var state: ServiceRequest.State?
    var siteId: SiteID?

    static let rules: Rules = [
        "state": .means("Only those in this state"), "siteId": .means("Only those of this site"),
    ]
}

/// A place in lists of requests, the newest first, and of links.
struct RequestPosition<Kind>: Codable, Sendable {
    var createdAt: Date
    var id: Identifier<Kind>
}
