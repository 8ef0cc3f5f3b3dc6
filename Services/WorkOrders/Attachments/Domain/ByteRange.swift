/// What a request's header `Range` asks for (RFC 9110, section 14).
enum ByteRange: Hashable, Sendable {
    case whole
    case part(Range<Int>)
    /// It begins behind the end.
    case outside

    /// Several ranges, other units and what can't be read are answered with the whole, as the standard allows.
    init(_ header: String?, size: Int) {
        self = .whole
        guard let header, header.hasPrefix("bytes=") else { return }
        let ends = header.dropFirst("bytes=".count).split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2,
            ends.allSatisfy({ $0.utf8.count <= 15 && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } })
        else { return }
        switch (Int(ends[0]), Int(ends[1])) {
        case (nil, nil): return
        case (nil, let last?): self = last == 0 ? .outside : .part(max(0, size - last)..<size)
        case (let first?, let last):
            guard last.map({ $0 >= first }) ?? true else { return }
            self = first < size ? .part(first..<min(size, last.map { $0 + 1 } ?? size)) : .outside
        }
    }
}
