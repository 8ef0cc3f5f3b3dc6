/// Why a login, a session or a change of the directory is refused.
enum Refusal: Error, Hashable, Sendable {
    /// One answer for a wrong password, an unknown address and a disabled user, so that nobody can tell them apart.
    case credentials
    case locked(seconds: Int)
    case refreshToken
    case emailTaken
    case unknownRole(String)
    /// The role permits something that its granter has no right to do.
    case roleExceedsGranter(String)
    case unknownUser
}
