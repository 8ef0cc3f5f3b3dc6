import Commands
import Foundation
import Identifiers

enum RequestLinkKind {}
/// Names a link for requests.
typealias RequestLinkID = Identifier<RequestLinkKind>

enum RequestTokenKind {}
/// What whoever knows a link or a receipt shows: 128 bits, written as a UUID.
typealias RequestToken = Identifier<RequestTokenKind>

/// A place where people without an account ask for work: what a code on a sign leads to.
struct RequestLink: Codable, Hashable, Sendable {
    /// What can be asked for.
    enum Asked: String, Codable, CaseIterable, Sendable { case fault, damage, safety, cleaning, other }

    let id: RequestLinkID
    let tenant: TenantID
    /// What people read: the place, as it is called there. Nothing else of the organization is shown.
    var label: String
    let site: SiteID
    let asset: AssetID?
    var kinds: [Asked]
    var isActive: Bool
    var expiresAt: Date?
    /// How many requests can wait for a decision.
    var maximumOpen: Int
    let createdAt: Date
    let createdBy: UserID
    var updatedAt: Date
    var version: Int64

    static let maximumCount = 500
    static let usualOpen = 20
    /// How many can come in an hour, whatever becomes of them.
    static let mostInAnHour = 30

    static func created(
        _ new: CreateRequestLink,
        id: RequestLinkID,
        of tenant: TenantID,
        at site: SiteID,
        by user: UserID,
        at now: Date
    ) throws(RequestRefusal) -> RequestLink {
        if let end = new.expiresAt, end <= now { throw .expiryPast }
        return RequestLink(
            id: id,
            tenant: tenant,
            label: new.label,
            site: site,
            asset: new.assetId,
            kinds: new.kinds ?? Asked.allCases,
            isActive: true,
            expiresAt: new.expiresAt,
            maximumOpen: new.maximumOpen ?? usualOpen,
            createdAt: now,
            createdBy: user,
            updatedAt: now,
            version: 1
        )
    }

    /// The link after a change; `nil` when nothing differs.
    func changed(_ change: ChangeRequestLink, seen: Int64?, at now: Date) throws(RequestRefusal) -> RequestLink? {
        try requireVersion(seen)
        var next = self
        if let label = change.label.value { next.label = label }
        if let kinds = change.kinds.value { next.kinds = kinds }
        if let isActive = change.isActive.value { next.isActive = isActive }
        if let maximum = change.maximumOpen.value { next.maximumOpen = maximum }
        if case .set(let end) = change.expiresAt {
            if let end, end <= now { throw .expiryPast }
            next.expiresAt = end
        }
        guard next != self else { return nil }
        (next.updatedAt, next.version) = (now, version + 1)
        return next
    }

    func requireVersion(_ seen: Int64?) throws(RequestRefusal) {
        if let seen, seen != version { throw .stale(current: version) }
    }

    /// Whether somebody can ask for something there.
    func isOpen(at now: Date) -> Bool { isActive && expiresAt.map { now < $0 } ?? true }
}

/// Makes a link.
struct CreateRequestLink: Input {
    var label: String
    var siteId: SiteID?
    var assetId: AssetID?
    var kinds: [RequestLink.Asked]?
    var expiresAt: Date?
    var maximumOpen: Int?

    static let rules: Rules = [
        "label": RequestLink.labelRule, "siteId": .means("The site; left out where an asset is given"),
        "assetId": .means("The asset, if the sign is at one"), "kinds": RequestLink.kindsRule,
        "expiresAt": .means("When it ends; without it, it does not"), "maximumOpen": RequestLink.openRule,
    ]

    func check(_ errors: inout FieldErrors) {
        errors.require(
            (siteId == nil) != (assetId == nil),
            "siteId",
            .oneField(["siteId", "assetId"], "give a site or an asset")
        )
        errors.require(Set(kinds ?? []).count == kinds?.count ?? 0, "kinds", .duplicate("must not name a kind twice"))
    }
}

/// Changes a link. An absent field keeps its value.
struct ChangeRequestLink: Input {
    var label: Patch<String> = .keep
    var kinds: Patch<[RequestLink.Asked]> = .keep
    var isActive: Patch<Bool> = .keep
    /// `null`: it does not end.
    var expiresAt: Patch<Date?> = .keep
    var maximumOpen: Patch<Int> = .keep

    static let rules: Rules = [
        "label": RequestLink.labelRule, "kinds": RequestLink.kindsRule,
        "isActive": .means("false: nobody can ask for anything there"), "expiresAt": .means("When it ends"),
        "maximumOpen": RequestLink.openRule,
    ]

    func check(_ errors: inout FieldErrors) {
        guard let kinds = kinds.value else { return }
        errors.require(Set(kinds).count == kinds.count, "kinds", .duplicate("must not name a kind twice"))
    }
}

extension RequestLink {
    fileprivate static let labelRule = Rule.line(1...120).means(
        "What people read: the place, as it is called there; they see nothing else of the organization"
    ).example("Inverter hall, north gate")
    fileprivate static let kindsRule = Rule.items(1...Asked.allCases.count).means(
        "What can be asked for; without it, everything"
    )
    fileprivate static let openRule = Rule.whole(1...200).means(
        "How many requests can wait for a decision; more are refused until then. The default is \(usualOpen)"
    )
}

/// Why a link is not made or used, or a request not decided.
enum RequestRefusal: Error, Hashable, Sendable {
    case unknownLink
    case unknownRequest
    case unknownSite
    case outOfReach
    case expiryPast
    case tooManyLinks
    case stale(current: Int64)
    /// It can't be asked for there.
    case notAsked(RequestLink.Asked)
    /// As many wait, or have come within an hour.
    case tooManyRequests
    case tooManyPhotos
    case alreadyDecided(ServiceRequest.State)
    /// The work order needs an asset, and the link is for a site.
    case assetMissing
    /// Of another site than the link's.
    case assetElsewhere
    /// The organization can't keep files.
    case photosNotPossible
}
