/// How many requests can be at a service at one time. It finds that out from how long they take there.
///
/// A service that has more to do than it can answers everybody later. How long a request should take differs by a factor of a thousand between
/// our routes, so each is compared with its own route's usual time: what it takes while few others are there. The places become fewer while
/// requests take many times that, and more when all of them are needed and requests are quick (additive increase, multiplicative decrease).
///
/// With the fewest places, all that is measured is usual: there is nothing left to refuse, so this is what the service can do now.
struct AdaptiveLimit: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// A method and a path as the document writes it: there are only so many.
    struct Route: Hashable, Sendable {
        var method: String
        var path: String
    }

    /// A request that was admitted.
    struct Place: Hashable, Sendable {
        var kind: RouteClass
        var route: Route
        /// How many others were there.
        var others: Int
        var since: Instant
    }

    enum Outcome: Hashable, Sendable {
        case answered
        /// Not in time, or the service says that it has too much to do.
        case overloaded
        /// Says nothing about how busy the service is: a refusal is quick, a broken connection may be anything.
        case unknown
    }

    /// What a route takes: the mean of the first times, and then of about so many.
    private struct Usual: Sendable {
        private(set) var seconds = 0.0
        private var count = 0.0

        mutating func add(_ time: Double) {
            count = min(count + 1, 256)
            seconds += (time - seconds) / count
        }
    }

    /// So many times the usual time is too long.
    static let tolerance = 8.0
    /// A kind of request that has less than this part of the places gets one beyond the limit: one kind does not displace the others.
    static let ownShare = 8

    private static let few = 2
    private static let fewest = 8
    private static let window = Duration.milliseconds(100)
    private static let samples = 16...256

    let most: Int
    private let least: Int
    private var places: Double
    private var inFlight: [RouteClass: Int] = [:]
    private var usual: [Route: Usual] = [:]
    private var began: Instant?
    /// How many times the usual time requests took since the window began.
    private var ratios: [Double] = []
    private var overloads = 0
    private var peak = 0

    /// - Parameter most: The limit of the limit.
    init(most: Int) {
        self.most = most
        least = min(Self.fewest, most)
        places = Double(most)
    }

    /// The present limit.
    var limit: Int { Int(places) }
    var count: Int { inFlight.values.reduce(0, +) }

    /// Whether another request can come.
    func hasRoom(for kind: RouteClass) -> Bool {
        count < limit || inFlight[kind, default: 0] < max(1, limit / Self.ownShare)
    }

    /// Begins a request that has room; ``leave(_:_:at:)`` ends it.
    mutating func enter(_ kind: RouteClass, _ route: Route, at now: Instant) -> Place {
        let place = Place(kind: kind, route: route, others: count, since: now)
        inFlight[kind, default: 0] += 1
        peak = max(peak, place.others + 1)
        return place
    }

    mutating func leave(_ place: Place, _ outcome: Outcome, at now: Instant) {
        inFlight[place.kind, default: 1] -= 1
        switch outcome {
        case .unknown: return
        case .overloaded: overloads += 1
        case .answered: learn(place, place.since.duration(to: now) / .seconds(1))
        }
        let start = began ?? place.since
        began = start
        let isOver = start.duration(to: now) >= Self.window && ratios.count + overloads >= Self.samples.lowerBound
        if isOver || ratios.count >= Self.samples.upperBound { judge(at: now) }
    }

    private mutating func learn(_ place: Place, _ seconds: Double) {
        let known = usual[place.route]
        if known == nil || place.others <= Self.few || limit <= least {
            usual[place.route, default: Usual()].add(seconds)
        }
        ratios.append(seconds / max(known?.seconds ?? seconds, 0.000_1))
    }

    private mutating func judge(at now: Instant) {
        let median = ratios.sorted().dropFirst(ratios.count / 2).first ?? 1
        let isOverloaded = median > Self.tolerance || overloads * 10 > ratios.count + overloads
        if isOverloaded, peak * 2 >= limit {
            places = max(Double(least), places * min(0.9, max(0.7, Self.tolerance / median)))
        } else if !isOverloaded, peak * 5 >= limit * 4 {
            places = min(Double(most), places + max(1, places / 10))
        }
        (began, overloads, peak) = (now, 0, count)
        ratios.removeAll(keepingCapacity: true)
    }
}
