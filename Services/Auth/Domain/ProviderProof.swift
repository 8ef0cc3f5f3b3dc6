import Foundation

/// What the person has proved by a login at a provider.
enum ProviderProof {
    /// How long before the browser went there the person may have logged in for it to count as anew: clocks differ.
    static let leeway: TimeInterval = 60

    /// When they proved who they are.
    ///
    /// A provider whose browser is logged in asks for nothing, so a login here can be much younger than that there. One that does not say when
    /// it was could have been long ago.
    ///
    /// - Throws: ``ProviderRefusal`` if they had to prove it anew, and have not.
    static func time(
        _ authenticatedAt: Date?,
        isFresh: Bool,
        begunAt: Date,
        at now: Date
    ) throws(ProviderRefusal) -> Date {
        if isFresh {
            guard let authenticatedAt else {
                throw ProviderRefusal("the provider does not say when the person logged in")
            }
            guard authenticatedAt.addingTimeInterval(leeway) >= begunAt else {
                throw ProviderRefusal("the provider has not asked the person anew")
            }
        }
        return min(authenticatedAt ?? Date(timeIntervalSince1970: 0), now)
    }
}
