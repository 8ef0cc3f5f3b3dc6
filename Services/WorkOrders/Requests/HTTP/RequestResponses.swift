import Commands
import Foundation
import HTTPTypes
import Identifiers
import ServiceKit

/// A link as those see it who look after it: never with its token.
struct RequestLinkResponse: Answer, Codable, Versioned {
    var id: RequestLinkID
    var label: String
    var siteId: SiteID
    var assetId: AssetID?
    var kinds: [RequestLink.Asked]
    var isActive: Bool
    var expiresAt: Date?
    var maximumOpen: Int
    var createdAt: Date
    var createdBy: UserID
    var updatedAt: Date
    var version: Int64

    init(_ link: RequestLink) {
        id = link.id
        label = link.label
        siteId = link.site
        assetId = link.asset
        kinds = link.kinds
        isActive = link.isActive
        expiresAt = link.expiresAt
        maximumOpen = link.maximumOpen
        createdAt = link.createdAt
        createdBy = link.createdBy
        updatedAt = link.updatedAt
        version = link.version
    }
}

/// A link with its token, which no answer has again: what the code on the sign leads to.
struct NewRequestLinkResponse: Codable, Sendable, Answer {
    var link: RequestLinkResponse
    var token: RequestToken
}

/// A request as those see it who decide.
struct ServiceRequestResponse: Answer, Codable {
    var id: ServiceRequestID
    var linkId: RequestLinkID
    var label: String
    var siteId: SiteID
    var assetId: AssetID?
    var kind: RequestLink.Asked
    var description: String
    /// Absent if nobody said it, and 30 days after the decision.
    var contactName: String?
    var contact: String?
    var state: ServiceRequest.State
    var reason: String?
    var workOrderId: WorkOrderID?
    var createdAt: Date
    var decidedAt: Date?
    var decidedBy: UserID?

    init(_ request: ServiceRequest) {
        id = request.id
        linkId = request.link
        label = request.label
        siteId = request.site
        assetId = request.asset
        kind = request.kind
        description = request.description
        contactName = request.contactName
        contact = request.contact
        state = request.state
        reason = request.reason
        workOrderId = request.workOrder
        createdAt = request.createdAt
        decidedAt = request.decidedAt
        decidedBy = request.decidedBy
    }
}

/// What somebody without an account learns of a place.
struct PublicLinkResponse: Answer, Codable {
    var label: String
    var kinds: [RequestLink.Asked]
    var maximumPhotos = ServiceRequest.maximumPhotos
    var maximumPhotoSize = ServiceRequest.maximumPhotoSize

    init(_ link: RequestLink) { (label, kinds) = (link.label, link.kinds) }
}

/// What somebody without an account learns of their request.
struct PublicRequestResponse: Answer, Codable {
    /// With it, they can see later what has become of it.
    var receipt: RequestToken
    var state: ServiceRequest.State
    var createdAt: Date
    var decidedAt: Date?

    init(_ request: ServiceRequest, _ receipt: RequestToken) {
        self.receipt = receipt
        (state, createdAt, decidedAt) = (request.state, request.createdAt, request.decidedAt)
    }
}

/// A photo of somebody without an account.
struct PublicPhotoResponse: Answer, Codable {
    var id: AttachmentID
    var state: Attachment.State
    var partSize = Attachment.partSize
    var partCount: Int

    init(_ photo: Attachment) { (id, state, partCount) = (photo.id, photo.state, photo.partCount) }
}

extension RequestRefusal: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .unknownLink: .notFound("link")
        case .unknownRequest: .notFound("request")
        case .unknownSite: .field("siteId", FieldRule(problem: "unknown_site", "there is no such site"))
        case .outOfReach: .tooNarrow("your permission does not cover this place")
        case .expiryPast: .field("expiresAt", .future)
        case .tooManyLinks:
            Problem(
                .conflict,
                "too_many_request_links",
                "an organization has at most \(RequestLink.maximumCount) links for requests",
                ["maximum": "\(RequestLink.maximumCount)"]
            )
        case .stale(let current):
            Problem(
                .conflict,
                "stale_version",
                "somebody else has changed the link: read it again",
                currentVersion: current
            )
        case .notAsked: .field("kind", FieldRule(problem: "not_asked_for_here", "can't be asked for at this place"))
        case .tooManyRequests:
            Problem(
                .tooManyRequests,
                "too_many_requests_here",
                "many requests wait at this place already: try again later",
                retryAfter: 3600
            )
        case .tooManyPhotos:
            Problem(
                .conflict,
                "too_many_photos",
                "a request has at most \(ServiceRequest.maximumPhotos) photos",
                ["maximum": "\(ServiceRequest.maximumPhotos)"]
            )
        case .alreadyDecided(let state):
            Problem(
                .conflict,
                "request_decided",
                "the request was decided already: it is \(state.rawValue)",
                ["state": state.rawValue]
            )
        case .assetMissing: .field("assetId", .required("is required: the link is for a site"))
        case .assetElsewhere:
            .field("assetId", FieldRule(problem: "asset_elsewhere", "must be an asset of the request's site"))
        case .photosNotPossible:
            Problem(.serviceUnavailable, "photos_not_possible", "photos can't be kept at present")
        }
    }
}
