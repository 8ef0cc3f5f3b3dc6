import ArgumentParser

/// `dcmms-broker verify DIR`.
struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check every batch of a stopped broker's folder; exit status 1 when anything is damaged."
    )

    @Argument(help: "The broker's data folder.")
    var folder: String

    @Flag(help: "Drop what is damaged, and keep a copy of it beside the log.")
    var repair = false

    func run() throws {
        let lock = try FolderLock(stopped: folder)
        defer { lock.release() }
        let check = try FolderCheck(folder)
        for damage in check.damages { print(damage) }
        let segments = check.partitions.flatMap(\.segments)
        print(
            "\(check.partitions.count) partitions, \(segments.count) segments, "
                + "\(segments.reduce(0) { $0 + $1.batches }) batches, \(segments.reduce(0) { $0 + $1.records }) records: "
                + (check.damages.isEmpty ? "all intact" : "\(check.damages.count) places damaged")
        )
        guard !check.damages.isEmpty else { return }
        guard repair else { throw ExitCode(1) }
        for line in try Repair(check).run() { print(line) }
        let left = try FolderCheck(folder).damages
        for damage in left { print("still: \(damage)") }
        guard left.isEmpty else { throw ExitCode(1) }
        print("repaired")
    }
}
