/// Why service levels are not set.
enum ServiceLevelRefusal: Error, Hashable, Sendable {
    /// The place of the site among those of the request.
    case unknownSite(at: Int)
    case stale(current: Int64)
}
