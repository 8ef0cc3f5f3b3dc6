internal import CLibpq

extension SQL {
    /// The most that the protocol can count (an Int16 without sign).
    private static let parameterLimit = 65_535

    /// Hands the statement to libpq, which sends it with the next flush: the plan of that name, or the text.
    func send(as plan: String? = nil, in exchange: Exchange) throws {
        try check()
        let status = withParameters { count, types, values, lengths, formats in
            if let plan {
                PQsendQueryPrepared(exchange.handle, plan, count, values, lengths, formats, 1)
            } else {
                PQsendQueryParams(exchange.handle, text, count, types, values, lengths, formats, 1)
            }
        }
        try exchange.sent(status)
    }

    /// Refuses what libpq would refuse or cut, before anything is sent.
    func check() throws {
        guard parameters.count <= Self.parameterLimit else {
            throw PostgresError(.other, message: "\(parameters.count) parameters; \(Self.parameterLimit) can be sent")
        }
        for parameter in parameters {
            guard let refusal = parameter.refusal else { continue }
            throw PostgresError(.refusedValue(refusal), message: refusal)
        }
        // libpq would stop there: the rest, perhaps a condition, would be lost.
        guard !pieces.contains(where: { $0.utf8.contains(0) }) else {
            throw PostgresError(.other, message: "the statement holds a NUL character")
        }
    }

    private func withParameters<Value>(
        _ body: (
            Int32, UnsafePointer<UInt32>, UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<Int32>,
            UnsafePointer<Int32>
        ) -> Value
    ) -> Value {
        // All values lie in one buffer; NULL is a null pointer.
        var buffer: [UInt8] = []
        var offsets: [Int?] = []
        for parameter in parameters {
            guard let bytes = parameter.bytes else {
                offsets.append(nil)
                continue
            }
            offsets.append(buffer.count)
            buffer += bytes
            buffer.append(0)
        }
        let lengths = parameters.map { Int32($0.bytes?.count ?? 0) }
        let formats = [Int32](repeating: 1, count: parameters.count)
        return buffer.withUnsafeBytes { buffer in
            let values = offsets.map { offset in
                offset.flatMap { buffer.baseAddress?.advanced(by: $0).assumingMemoryBound(to: CChar.self) }
            }
            return body(Int32(values.count), parameters.map(\.type), values, lengths, formats)
        }
    }
}
