/// The one record of a control batch: how a transaction ended.
struct TransactionMarker {
    let isCommit: Bool

    init(_ batch: UnsafeRawBufferPointer) throws {
        var type: Int16?
        try Record.forEach(in: batch) { record in
            guard let key = record.key, key.count >= 4 else { return }
            type = UnsafeRawBufferPointer(rebasing: batch[key]).bigEndian(at: 2)
        }
        guard let type else { throw Record.Malformed() }
        isCommit = type == 1
    }
}
