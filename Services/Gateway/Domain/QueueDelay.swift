/// Whether the gateway itself has more to do than it can, by how long requests wait for their turn (CoDel, RFC 8289, for a server).
///
/// A burst makes some wait, and is over. Only when nobody has waited less than the target for a whole interval there is a queue that does not go
/// away. Then whoever has waited long is refused, so that those behind are answered in time. Where few are served at one time, it is the machine that
/// is slow, and refusing somebody would make nobody faster.
struct QueueDelay: Sendable {
    typealias Instant = ContinuousClock.Instant

    static let target = Duration.milliseconds(5)
    static let interval = Duration.milliseconds(100)
    static let few = 64

    private var began: Instant?
    private var shortest = Duration.zero
    private(set) var isOverloaded = false

    /// Whether a request can be served.
    ///
    /// - Parameters:
    ///   - waited: How long it has waited for its turn.
    ///   - others: How many others are served now.
    mutating func admits(_ waited: Duration, among others: Int, at now: Instant) -> Bool {
        let age = began.map { $0.duration(to: now) }
        switch age {
        case .some(let age) where age < Self.interval: shortest = min(shortest, waited)
        case .some(let age):
            // After a quiet time nothing is known.
            isOverloaded = age < Self.interval * 2 && shortest > Self.target
            (began, shortest) = (now, waited)
        case nil: (began, shortest) = (now, waited)
        }
        if waited <= Self.target { isOverloaded = false }
        return !isOverloaded || waited <= Self.target * 2 || others < Self.few
    }
}
