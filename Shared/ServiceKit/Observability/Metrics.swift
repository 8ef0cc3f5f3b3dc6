import Foundation
import Synchronization

/// A daemon's metrics at `/metrics`, in Prometheus' text format (version 0.0.4).
///
/// Counting takes a lock for a few nanoseconds and allocates nothing once a series exists; series are looked up when they are
/// made, not when they are counted.
public final class Metrics: Sendable {
    /// Seconds, from a cache hit to a time-out.
    public static let latencyBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    private enum Series: Sendable {
        case counter(Counter)
        case gauge(@Sendable () -> Double)
        case histogram(Histogram)
    }

    private struct Family {
        var help: String
        var type: String
        var series: [[String]: (labels: [(String, String)], Series)] = [:]
    }

    private let families = Mutex<[String: Family]>([:])

    public init() {
        gauge("process_resident_memory_bytes", "Resident memory size.") { Self.residentBytes }
        gauge("process_cpu_seconds_total", "User and system CPU time.") { Self.cpuSeconds }
    }

    /// Something that only grows.
    public final class Counter: Sendable {
        private let value = Mutex(0.0)

        /// Adds `amount`, which is not negative.
        public func increment(by amount: Double = 1) { value.withLock { $0 += amount } }
        /// The sum so far.
        public var total: Double { value.withLock { $0 } }
    }

    /// How values are spread.
    public final class Histogram: Sendable {
        private let bounds: [Double]
        private let state: Mutex<(counts: [Int], sum: Double, count: Int)>

        init(bounds: [Double]) {
            self.bounds = bounds
            state = Mutex((Array(repeating: 0, count: bounds.count), 0, 0))
        }

        /// Records a value, for example seconds.
        public func observe(_ value: Double) {
            state.withLock { state in
                for (index, bound) in bounds.enumerated() where value <= bound { state.counts[index] += 1 }
                state.sum += value
                state.count += 1
            }
        }

        func render(_ name: String, _ labels: [(String, String)]) -> String {
            let (counts, sum, count) = state.withLock { $0 }
            var text = ""
            for (bound, below) in zip(bounds.map { "\($0)" } + ["+Inf"], counts + [count]) {
                text += "\(name)_bucket\(Metrics.rendered(labels + [("le", bound)])) \(below)\n"
            }
            return text
                + "\(name)_sum\(Metrics.rendered(labels)) \(sum)\n\(name)_count\(Metrics.rendered(labels)) \(count)\n"
        }
    }

    /// The counter of that name and those labels; the same one for the same arguments.
    public func counter(_ name: String, _ help: String, _ labels: KeyValuePairs<String, String> = [:]) -> Counter {
        let series = series(name, help, "counter", labels) { .counter(Counter()) }
        guard case .counter(let counter) = series else { return Counter() }
        return counter
    }

    /// The histogram of that name and those labels.
    public func histogram(
        _ name: String,
        _ help: String,
        _ labels: KeyValuePairs<String, String> = [:],
        buckets: [Double] = latencyBuckets
    ) -> Histogram {
        let series = series(name, help, "histogram", labels) { .histogram(Histogram(bounds: buckets)) }
        guard case .histogram(let histogram) = series else { return Histogram(bounds: buckets) }
        return histogram
    }

    /// A value that is read at each scrape.
    public func gauge(
        _ name: String,
        _ help: String,
        _ labels: KeyValuePairs<String, String> = [:],
        _ value: @escaping @Sendable () -> Double
    ) {
        _ = series(name, help, "gauge", labels) { .gauge(value) }
    }

    /// Everything, as Prometheus scrapes it.
    public func render() -> String {
        families.withLock { families in
            families.sorted { $0.key < $1.key }.map { name, family in
                var text = "# HELP \(name) \(family.help)\n# TYPE \(name) \(family.type)\n"
                for (_, (labels, series)) in family.series.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
                    switch series {
                    case .counter(let counter): text += "\(name)\(Self.rendered(labels)) \(counter.total)\n"
                    case .gauge(let value): text += "\(name)\(Self.rendered(labels)) \(value())\n"
                    case .histogram(let histogram): text += histogram.render(name, labels)
                    }
                }
                return text
            }.joined()
        }
    }

    private func series(
        _ name: String,
        _ help: String,
        _ type: String,
        _ labels: KeyValuePairs<String, String>,
        _ make: () -> Series
    ) -> Series {
        families.withLock { families in
            var family = families[name] ?? Family(help: help, type: type)
            let key = labels.flatMap { [$0.key, $0.value] }
            if let known = family.series[key] { return known.1 }
            let fresh = make()
            family.series[key] = (labels.map { ($0.key, $0.value) }, fresh)
            families[name] = family
            return fresh
        }
    }

    static func rendered(_ labels: [(String, String)]) -> String {
        guard !labels.isEmpty else { return "" }
        let pairs = labels.map { name, value in
            let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
            return "\(name)=\"\(escaped)\""
        }
        return "{\(pairs.joined(separator: ","))}"
    }

    private static var residentBytes: Double {
        let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ")
        return (pages?.dropFirst().first).flatMap { Double($0) }.map { $0 * 4096 } ?? 0
    }

    private static var cpuSeconds: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
}
