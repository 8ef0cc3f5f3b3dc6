// Made by `make events` from Schemas/auth.user.v3.avsc: edit that instead.

public import Identifiers

/// The state of one user, as far as other services need it. Deleted with the user.
public struct UserState: Event {
    public static let name = "auth.user.v3"
    public static let topic = Topic.authUsers

    public var id: UserID
    public var tenant: TenantID
    public var email: String
    public var displayName: String
    /// In E.164 form, for text messages.
    public var phone: String?
    /// Names of the user's roles.
    public var roles: [String]
    /// Where the user's grants of the scope `sites` reach.
    public var sites: [SiteID]
    /// Where the user's grants of the scope `assets` reach: each stands for itself and everything below it.
    public var assets: [AssetID]
    /// The user's team.
    public var team: TeamID?
    /// Some rules of a tenant concern only contractors.
    public var employment: Employment
    /// What the person is qualified to do, in the tenant's words.
    public var skills: [String]
    /// False once the user is locked or disabled.
    public var isActive: Bool
    /// Counts the user's changes; a replica ignores an older one.
    public var version: Int64

    public var key: String { id.description }

    public init(
        id: UserID,
        tenant: TenantID,
        email: String,
        displayName: String,
        phone: String?,
        roles: [String],
        sites: [SiteID],
        assets: [AssetID],
        team: TeamID?,
        employment: Employment,
        skills: [String],
        isActive: Bool,
        version: Int64
    ) {
        self.id = id
        self.tenant = tenant
        self.email = email
        self.displayName = displayName
        self.phone = phone
        self.roles = roles
        self.sites = sites
        self.assets = assets
        self.team = team
        self.employment = employment
        self.skills = skills
        self.isActive = isActive
        self.version = version
    }
}
