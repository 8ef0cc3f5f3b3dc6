import Access
import Identifiers

/// Where a record belongs: what the columns of its table are for a query.
struct RecordPlace: Hashable, Sendable {
    var site: SiteID?
    /// Its asset and everything above that: who may see one of them may see the record.
    var assets: [AssetID] = []
    /// Those who created it or take part in it, as far as that counts.
    var owners: [UserID] = []
    var assignees: [UserID] = []
    /// The teams of the assignees.
    var teams: [TeamID] = []
}

extension Reach {
    /// Whether a record in that place is within reach, exactly as the condition of a query decides it.
    func includes(_ place: RecordPlace) -> Bool {
        switch self {
        case .none: false
        case .tenant: true
        case .places(let places): places.include(place)
        case .both(let one, let other): one.includes(place) && other.includes(place)
        case .either(let one, let other): one.includes(place) || other.includes(place)
        // A condition looks at what is not in a place.
        case .when: false
        }
    }
}

extension Places {
    fileprivate func include(_ place: RecordPlace) -> Bool {
        if let site = place.site, sites.contains(site) { return true }
        if !assets.isEmpty, place.assets.contains(where: assets.contains) { return true }
        if let user, place.owners.contains(user) || place.assignees.contains(user) { return true }
        if let assignee, place.assignees.contains(assignee) { return true }
        if let team, place.teams.contains(team) { return true }
        return false
    }
}

/// What a client wants to follow, within what it may see.
struct LiveFilter: Hashable, Sendable {
    var kinds: Set<LiveKind>
    var site: SiteID?
    /// The asset and everything below it.
    var asset: AssetID?
    /// Only what the client's user created, or what is assigned to them.
    var isOwn = false

    var topics: Set<Int> { Set(kinds.map(\.topic)) }
}

/// What one client is sent.
struct Sight: Sendable {
    let tenant: TenantID
    let user: UserID
    var filter: LiveFilter
    private(set) var authority: Authority
    private var reaches: [LiveKind: Reach]

    init(tenant: TenantID, user: UserID, filter: LiveFilter, authority: Authority) {
        (self.tenant, self.user, self.filter, self.authority) = (tenant, user, filter, authority)
        reaches = Self.reaches(filter, authority)
    }

    /// The kinds for which the client has no permission at all.
    var forbidden: [LiveKind] {
        filter.kinds.filter { !authority.has($0.permission) }.sorted { $0.rawValue < $1.rawValue }
    }

    /// Follows a change of what the client may do.
    ///
    /// - Returns: Whether records may have come into sight, or left it.
    mutating func update(_ authority: Authority) -> Bool {
        guard authority != self.authority else { return false }
        let before = reaches
        self.authority = authority
        reaches = Self.reaches(filter, authority)
        return reaches != before
    }

    func sees(_ kind: LiveKind, of tenant: TenantID, _ place: RecordPlace) -> Bool {
        guard tenant == self.tenant, filter.kinds.contains(kind), reaches[kind, default: .none].includes(place) else {
            return false
        }
        if let site = filter.site, place.site != site { return false }
        if let asset = filter.asset, !place.assets.contains(asset) { return false }
        if filter.isOwn, !place.owners.contains(user), !place.assignees.contains(user) { return false }
        return true
    }

    private static func reaches(_ filter: LiveFilter, _ authority: Authority) -> [LiveKind: Reach] {
        Dictionary(uniqueKeysWithValues: filter.kinds.map { ($0, authority.reach(of: $0.permission)) })
    }
}
