public import Access
import Identifiers
public import Postgres

/// The columns of a query that hold a record's place and people.
///
/// A service that has `asset` keeps a table `assets` with `id` and `parent_id`; one that has `people`, a table `users` with `id`
/// and `team_id`.
public struct ReachColumns: Sendable {
    /// The site's id.
    public var site: SQL?
    /// An array of sites' ids, of a record that belongs to several.
    public var sites: SQL?
    /// The asset's id.
    public var asset: SQL?
    /// The ids of those who created the record or take part in it.
    public var owners: [SQL]
    /// The ids of its assignees.
    public var assignees: [SQL]

    public init(
        site: SQL? = nil,
        sites: SQL? = nil,
        asset: SQL? = nil,
        owners: [SQL] = [],
        assignees: [SQL] = []
    ) {
        self.site = site
        self.sites = sites
        self.asset = asset
        self.owners = owners
        self.assignees = assignees
    }
}

extension Reach {
    /// The condition for the WHERE of a query, besides the tenant. A scope without a column reaches nothing.
    public func condition(_ columns: ReachColumns) -> SQL {
        switch self {
        case .none: "false"
        case .tenant: "true"
        case .places(let places): places.condition(columns)
        case .both(let one, let other):
            "(\(sql: one.condition(columns)) AND \(sql: other.condition(columns)))"
        }
    }
}

extension ChangeReach {
    /// Whether somebody may see the record, or change it at all.
    public func isVisible(_ columns: ReachColumns) -> SQL {
        switch (see, change) {
        case (.tenant, _), (_, .tenant): "true"
        default: "(\(sql: see.condition(columns)) OR \(sql: change.condition(columns)))"
        }
    }

    /// Whether they may change it: true or false, also where the record has no site, asset or assignee.
    public func isWithin(_ columns: ReachColumns) -> SQL { "COALESCE(\(sql: change.condition(columns)), false)" }
}

extension Places {
    fileprivate func condition(_ columns: ReachColumns) -> SQL {
        var ways: [SQL] = []
        if let column = columns.site, !sites.isEmpty {
            ways.append("\(sql: column) = ANY(\(PostgresArray(sites)))")
        }
        if let column = columns.sites, !sites.isEmpty {
            ways.append("\(sql: column) && \(PostgresArray(sites))")
        }
        if let column = columns.asset, !assets.isEmpty {
            ways.append("\(sql: column) IN (\(sql: Self.below(assets)))")
        }
        if let user {
            ways += (columns.owners + columns.assignees).map { "\(sql: $0) = \(user)" }
        }
        if let team {
            ways += columns.assignees.map { "\(sql: $0) IN (SELECT id FROM users WHERE team_id = \(team))" }
        }
        guard var condition = ways.first else { return "false" }
        for way in ways.dropFirst() { condition = "\(sql: condition) OR \(sql: way)" }
        return "(\(sql: condition))"
    }

    /// The assets and all below them. UNION, not UNION ALL: a replica may hold a cycle for a moment, between two
    /// moves of which it has received one.
    private static func below(_ assets: Set<AssetID>) -> SQL {
        """
        WITH RECURSIVE below AS (
            SELECT id FROM assets WHERE id = ANY(\(PostgresArray(assets)))
            UNION SELECT a.id FROM assets a JOIN below b ON a.parent_id = b.id
        ) SELECT id FROM below
        """
    }
}
