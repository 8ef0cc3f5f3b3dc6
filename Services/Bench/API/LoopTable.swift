import Foundation

/// The results of all rounds: one line for each thing that was measured, with the medians.
final class LoopTable {
    private struct Line: Hashable {
        let name: String
        let connections: Int
        let what: String
    }

    private struct Figures {
        var perSecond: [Double] = []
        var p50: [Duration] = []
        var p95: [Duration] = []
        var p99: [Duration] = []
        var cpu: [String: [Double]] = [:]
        var errors = 0
    }

    private var lines: [Line] = []
    private var figures: [Line: Figures] = [:]

    func add(_ name: String, _ connections: Int, _ what: String, _ result: Wrk.Result, _ cpu: [String: Double]) {
        change(name, connections, what) { figures in
            figures.perSecond.append(result.perSecond)
            figures.p50.append(result.p50)
            figures.p95.append(result.p95)
            figures.p99.append(result.p99)
            figures.errors += result.errors
            for (process, microseconds) in cpu { figures.cpu[process, default: []].append(microseconds) }
        }
    }

    func add(_ name: String, _ connections: Int, _ what: String, perSecond: Double) {
        change(name, connections, what) { $0.perSecond.append(perSecond) }
    }

    private func change(_ name: String, _ connections: Int, _ what: String, _ change: (inout Figures) -> Void) {
        let line = Line(name: name, connections: connections, what: what)
        if figures[line] == nil { lines.append(line) }
        change(&figures[line, default: Figures()])
    }

    var markdown: String {
        // What belongs together, together.
        let sorted = lines.enumerated().sorted {
            let (a, b) = ($0.element, $1.element)
            let (first, second) = (place(a.name), place(b.name))
            return (first, a.connections, $0.offset) < (second, b.connections, $1.offset)
        }.map(\.element)
        return """
            | | connections | | requests/s | p50 ms | p95 ms | p99 ms | CPU us of the process | of PostgreSQL | errors |
            |---|---:|---|---:|---:|---:|---:|---:|---:|---:|
            \(sorted.map(row).joined(separator: "\n"))
            """
    }

    private func place(_ name: String) -> Int { lines.firstIndex { $0.name == name } ?? 0 }

    private func row(_ line: Line) -> String {
        let figures = figures[line] ?? Figures()
        func milliseconds(_ times: [Duration]) -> String {
            Self.median(times).map { String(format: "%.1f", $0 / .milliseconds(1)) } ?? ""
        }
        func microseconds(_ process: String) -> String {
            figures.cpu[process].flatMap(Self.median).map { String(format: "%.0f", $0) } ?? ""
        }
        let cells = [
            line.name, "\(line.connections)", line.what,
            Self.median(figures.perSecond).map { "\(Int($0))" } ?? "", milliseconds(figures.p50),
            milliseconds(figures.p95), milliseconds(figures.p99), microseconds("process"), microseconds("postgres"),
            figures.p50.isEmpty ? "" : "\(figures.errors)",
        ]
        return "| " + cells.joined(separator: " | ") + " |"
    }

    private static func median<Value: Comparable>(_ values: [Value]) -> Value? {
        values.isEmpty ? nil : values.sorted()[values.count / 2]
    }
}
