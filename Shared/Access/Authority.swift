public import Identifiers

/// Where a person belongs: what the scopes of their roles' grants mean for them.
public struct Membership: Hashable, Sendable {
    public var sites: Set<SiteID>
    /// Each stands for itself and everything below it.
    public var assets: Set<AssetID>
    public var team: TeamID?

    public init(sites: Set<SiteID> = [], assets: Set<AssetID> = [], team: TeamID? = nil) {
        self.sites = sites
        self.assets = assets
        self.team = team
    }
}

/// What a person may do, and how far: their roles' grants together, and where they belong.
public struct Authority: Hashable, Sendable {
    public let user: UserID
    public let grants: Grants
    public let membership: Membership

    public init(user: UserID, grants: Grants, membership: Membership = Membership()) {
        self.user = user
        self.grants = grants
        self.membership = membership
    }

    /// Whether the person has the permission, in whatever scope.
    public func has(_ permission: Permission) -> Bool { !grants.scopes(of: permission).isEmpty }

    /// What the person may use the permission on.
    public func reach(of permission: Permission) -> Reach {
        let scopes = grants.scopes(of: permission)
        if scopes.contains(.tenant) { return .tenant }
        var places = Places()
        for scope in scopes {
            switch scope {
            case .tenant: break
            case .sites: places.sites = membership.sites
            case .assets: places.assets = membership.assets
            case .own: places.user = user
            case .team: places.team = membership.team
            }
        }
        return places == Places() ? .none : .places(places)
    }
}

extension Authority {
    /// What the person may use all of the permissions on.
    public func reach(of permissions: some Sequence<Permission>) -> Reach {
        permissions.reduce(.tenant) { $0.intersection(reach(of: $1)) }
    }

    /// For a change of something that is there.
    public func reach(toChangeBy permissions: some Sequence<Permission>, seenBy permission: Permission) -> ChangeReach {
        ChangeReach(change: reach(of: permissions), see: reach(of: permission))
    }
}

/// What somebody may change, and what they may see: what they see and may not change is refused openly, everything else is not
/// there for them.
public struct ChangeReach: Hashable, Sendable {
    public var change: Reach
    public var see: Reach

    /// Of the system itself.
    public static let tenant = ChangeReach(change: .tenant, see: .tenant)

    public init(change: Reach, see: Reach) {
        self.change = change
        self.see = see
    }
}

/// A part of a tenant's records: everything that stands in one of the places or belongs to one of the people.
public struct Places: Hashable, Sendable {
    public var sites: Set<SiteID>
    /// With everything below them.
    public var assets: Set<AssetID>
    /// Whose own records.
    public var user: UserID?
    /// The records of whose people.
    public var team: TeamID?

    public init(sites: Set<SiteID> = [], assets: Set<AssetID> = [], user: UserID? = nil, team: TeamID? = nil) {
        self.sites = sites
        self.assets = assets
        self.user = user
        self.team = team
    }
}

/// What somebody may use a permission on. Each service makes it a condition of its queries.
public indirect enum Reach: Hashable, Sendable {
    /// Nothing.
    case none
    /// Everything of the tenant.
    case tenant
    case places(Places)
    /// What both hold: what needs two permissions is within the reach of both.
    case both(Reach, Reach)

    /// Where one may make something new: what one makes is one's own, so whoever reaches that may make it anywhere.
    public var ofNew: Reach {
        switch self {
        case .none, .tenant: self
        case .places(let places): places.user == nil ? self : .tenant
        case .both(let one, let other): one.ofNew.intersection(other.ofNew)
        }
    }

    /// What two permissions together reach.
    public func intersection(_ other: Reach) -> Reach {
        switch (self, other) {
        case (.none, _), (_, .none): .none
        case (.tenant, let rest), (let rest, .tenant): rest
        case _ where self == other: self
        default: .both(self, other)
        }
    }
}
