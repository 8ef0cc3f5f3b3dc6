import Foundation

/// The speed of one measured operation.
struct Rate: Sendable {
    let name: String
    /// Records, or megabytes if the name says so.
    let perSecond: Double
    /// CPU time of the server per record, in microseconds; `nil` without a server.
    var serverMicroseconds: Double?
    /// CPU time of the client per record, in microseconds.
    var clientMicroseconds: Double?

    /// Measures blocking work on `count` records.
    static func measure(
        _ name: String,
        _ count: Int,
        server: Int32,
        _ work: @escaping @Sendable () throws -> Void
    ) async throws -> Rate {
        let (before, mine, begin) = (ProcessUsage.of(server).cpu, ProcessUsage.of(getpid()).cpu, ContinuousClock.now)
        try await onThread(work)
        let took = ContinuousClock.now - begin
        let perRecord = Duration.microseconds(1) * count
        return Rate(
            name: name,
            perSecond: Double(count) / (took / .seconds(1)),
            serverMicroseconds: (ProcessUsage.of(server).cpu - before) / perRecord,
            clientMicroseconds: (ProcessUsage.of(getpid()).cpu - mine) / perRecord
        )
    }
}

/// The rates of all rounds. One line per operation: the median, the slowest and the fastest of its rounds.
final class RateTable {
    private var names: [String] = []
    private var rates: [String: [Rate]] = [:]

    func add(_ more: [Rate]) {
        for rate in more {
            if rates[rate.name] == nil { names.append(rate.name) }
            rates[rate.name, default: []].append(rate)
        }
    }

    var markdown: String {
        let lines = names.map { name in
            let sorted = (rates[name] ?? []).sorted { $0.perSecond < $1.perSecond }
            let median = sorted[sorted.count / 2]
            let cells = [
                name, text(median.perSecond),
                "\(text(sorted[0].perSecond)) to \(text(sorted[sorted.count - 1].perSecond))",
                median.serverMicroseconds.map { String(format: "%.2f", $0) } ?? "",
                median.clientMicroseconds.map { String(format: "%.2f", $0) } ?? "",
            ]
            return "| " + cells.joined(separator: " | ") + " |"
        }
        return """
            | | per second (median) | slowest to fastest | CPU us of the server | CPU us of the client |
            |---|---:|---:|---:|---:|
            \(lines.joined(separator: "\n"))
            """
    }

    private func text(_ perSecond: Double) -> String {
        Int(perSecond).formatted(.number.locale(Locale(identifier: "en_US")))
    }
}
