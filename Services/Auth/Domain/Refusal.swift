/// Why a login or a change of the directory is refused.
enum Refusal: Error, Hashable, Sendable {
    /// The same answer for a wrong password, an unknown address and a disabled user.
    case credentials
    case locked(seconds: Int)
    /// The password is right, and the login goes on with the challenge.
    case secondStep(NextStep, challenge: String)
    /// The challenge was answered, or is too old, or had too many wrong answers.
    case challenge
    /// A code of a login.
    case code
    /// The password of somebody who is logged in.
    case wrongPassword
    /// A code of somebody who is logged in.
    case wrongCode
    /// A security key's answer to the question of a login.
    case key
    /// A security key's answer of somebody who is logged in.
    case wrongKey
    /// What a browser says of a security key is not accepted, and why.
    case keyRefused(String)
    /// Another account has the same key, or this one has it already.
    case keyTaken
    case tooManyKeys
    case unknownKey
    /// Browsers have no keys for the address of this installation.
    case noKeysHere
    /// Nobody has begun to add a factor, or it was too long ago.
    case noEnrolment
    case noFactor
    /// A role does not let its holders in without a second factor.
    case factorRequired
    /// Whoever has a second factor proves with it who they are.
    case codeRequired
    /// It is one's own, for which there is another way.
    case ownFactor
    case sessionEnded
    case weakPassword(field: String, WeakPassword)
    case refreshToken
    /// A code of a login in a browser is unknown, too old, used, or somebody else's.
    case authorizationCode
    /// The people of the tenant log in at its identity provider.
    case passwordsOff
    /// The tenant's people log in with a browser, and not over the API.
    case apiPasswordsOff
    /// Whoever has no password here proves at their provider who they are.
    case provesElsewhere
    /// Somebody who logs in at the tenant's identity provider is in no group that has roles here.
    case noRole
    /// There is an account with the person's e-mail address already, and nobody has permitted to link it.
    case notLinked
    /// The identity provider does not vouch for the person's e-mail address.
    case emailUnverified
    /// The tenant has no identity provider.
    case noProvider
    case emailTaken
    case codeTaken
    case unknownRole(String)
    /// The role has a permission that the person who assigns it does not have.
    case roleExceedsGranter(String)
    /// The user has a role with a permission that the person who changes their account does not have.
    case userExceedsGranter(String)
    case unknownRoleID
    case roleTaken
    /// A role that every tenant has.
    case systemRole
    case roleInUse
    case unknownUser
    case outOfReach
    /// The client saw an older version.
    case stale(current: Int64)
    case ownAccount
    /// Nobody erases themselves: somebody else looks whether it is right.
    case ownErasure
    /// Of the user nothing is left but the id.
    case erased
    /// Nothing of the tenant is erased at present.
    case legalHold
    case unknownLegalHold
    case legalHoldReleased
    case tooManyLegalHolds
    /// Nobody in the tenant could assign roles any more.
    case lastAdministrator
    case currentPassword
    /// Somebody passes on a role that they do not have, or have only for some time.
    case notOwnRole(String)
    /// Nobody passes on their roles to themselves.
    case ownDelegation
    case unknownTenant
    case tenantTaken
    /// Everything of the tenant is refused at present.
    case tenantSuspended
    /// Nobody could end the suspension of their own tenant.
    case ownTenant
    /// The audit log is being verified already.
    case verifying
    case unknownAPIKey
    case tooManyAPIKeys
    /// The link of a mail was used, replaced, or is too old.
    case link
    /// The user has not accepted their invitation.
    case invited
    /// The user has accepted their invitation.
    case notInvited
}
