import Identifiers
import ServiceKit

/// A person as clients see them.
struct UserResponse: Answer, Codable {
    var id: UserID
    var tenantId: TenantID
    var email: String
    var displayName: String
    var phone: String?
    var roles: [String]
    var isActive: Bool
    /// Only for the caller: what their roles permit at this moment.
    var permissions: [String]?

    init(_ user: User) {
        id = user.id
        tenantId = user.tenant
        email = user.email
        displayName = user.displayName
        phone = user.phone
        roles = user.roles
        isActive = user.isActive
    }
}
