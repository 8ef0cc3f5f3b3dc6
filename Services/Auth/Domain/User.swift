import EventSchema
import Foundation
import Identifiers

/// A person with a login.
struct User: Hashable, Sendable {
    var id: UserID
    var tenant: TenantID
    var email: String
    var displayName: String
    var phone: String?
    var roles: [String]
    var isActive: Bool
    var version: Int64

    /// As the other services learn of them.
    var state: UserState {
        UserState(
            id: id,
            tenant: tenant,
            email: email,
            displayName: displayName,
            phone: phone,
            roles: roles,
            isActive: isActive,
            version: version
        )
    }
}
