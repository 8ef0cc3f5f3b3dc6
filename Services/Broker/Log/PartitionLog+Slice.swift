extension PartitionLog {
    /// Bytes of a segment file that hold whole batches from an offset on (the last one may be cut short by a size limit).
    struct Slice: Sendable {
        let file: LogFile
        let position: Int
        let count: Int
        /// Written a moment ago, so the page cache has it.
        let isRecent: Bool
        /// Bytes that this process has not seen before are checked against this when they are read.
        let chain: BatchChain?

        /// How many of the bytes read are whole and intact batches.
        ///
        /// - Throws: `Damage` when not even the first one is.
        func intactPrefix(_ bytes: UnsafeRawBufferPointer) throws -> Int {
            guard var chain else { return bytes.count }
            var done = 0
            while bytes.count - done >= BatchHeader.size {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
                let header = BatchHeader(rest)
                let isWhole = header.isPlausible && header.size <= rest.count
                if !isWhole && header.isPlausible && done > 0 { break }
                let objection =
                    isWhole
                    ? try chain.objection(
                        to: UnsafeRawBufferPointer(rebasing: rest[..<header.size]),
                        header,
                        at: position + done
                    )
                    : "no batch begins here"
                if let objection {
                    guard done > 0 else { throw Damage(file: file.path, offset: position, reason: objection) }
                    break
                }
                done += header.size
            }
            return done
        }
    }
}
