/// Why somebody is not let in, or a change of the directory is refused.
enum Refusal: Error, Hashable, Sendable {
    /// One answer for a wrong password, an unknown address and a disabled user: none of them is told apart.
    case credentials
    case locked(seconds: Int)
    case refreshToken
    case emailTaken
    case unknownRole(String)
    /// The role permits something that whoever gives it may not do.
    case roleExceedsGranter(String)
    case unknownUser
}
