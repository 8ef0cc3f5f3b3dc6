/// Why a login or a change of the directory is refused.
enum Refusal: Error, Hashable, Sendable {
    /// The same answer for a wrong password, an unknown address and a disabled user.
    case credentials
    case locked(seconds: Int)
    case refreshToken
    case emailTaken
    case unknownRole(String)
    /// The role has a permission that the person who assigns it does not have.
    case roleExceedsGranter(String)
    case unknownUser
}
