import Commands
import Foundation
import Identifiers

/// A list of work orders that somebody keeps under a name: for themselves, or for everybody of the tenant.
struct SavedView: Codable, Hashable, Sendable {
    var id: ViewID
    var name: String
    /// What the list is filtered and ordered by, as the query of the page that shows it.
    var query: String
    var isShared: Bool
    var owner: UserID
    var updatedAt: Date
    /// Counts its changes.
    var version: Int64

    /// How many one person keeps.
    static let maximum = 50
}

/// Keeps a view, or changes one.
struct SaveView: Input {
    var name: String
    var query: String
    var isShared: Bool?
    /// The version that the caller has seen; `nil` changes any version.
    var version: Int64?

    static let rules: Rules = [
        "name": .line(1...80).means("What it is called").example("Overdue in the north"),
        "query": .line(0...2000).means("The query of the page: what the list is filtered and ordered by").example(
            "status=open&sort=-priority"
        ),
        "isShared": .means("true: everybody of the organization sees it; it needs the permission `workorder:assign`"),
        "version": .whole(1...Int64.max).means(
            "The version that the client read last; another current version is a conflict"
        ),
    ]
}

/// Why a view is not kept.
enum ViewRefusal: Error, Hashable {
    case unknown
    /// Somebody else's, which is shared.
    case notOwner
    case stale(current: Int64)
    case tooMany
    /// The person has one of that name.
    case nameTaken
}

extension SavedView {
    /// The view after a change by its owner.
    func saved(_ change: SaveView, seen: Int64?, by user: UserID, at now: Date) throws(ViewRefusal) -> SavedView {
        guard user == owner else { throw .notOwner }
        if let seen = change.version ?? seen, seen != version { throw .stale(current: version) }
        return SavedView(
            id: id,
            name: change.name,
            query: change.query,
            isShared: change.isShared ?? isShared,
            owner: owner,
            updatedAt: now,
            version: version + 1
        )
    }
}
