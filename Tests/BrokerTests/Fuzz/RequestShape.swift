import TestSupport

@testable import Broker

/// The body of every request, written a second time from Kafka's message definitions
/// (clients/src/main/resources/common/message/*Request.json). It serves to make requests that a broker must understand.
///
/// b, h, i, l: integers of 1, 2, 4, 8 bytes; s, S: a string, a nullable one; B: bytes; T, G, M: a string that names a topic,
/// group, member; R: record batches; [ ]: an array of structures; { }: an array of single values; @3-5: in these versions only.
enum RequestShape {
    static let all: [Int16: String] = [
        0: "S h i [ T [ i R ] ]",
        1: "i w i i b i@7 i@7 [ T [ i i@9 l i@12 l@5 i ] ] [ T { i } ]@7 s@11",
        2: "i b@2 [ T [ i i@4 l ] ]",
        3: "[ T ] b@4 b@8 b@8",
        8: "G i M S@7 l@2-4 [ T [ i l i@6 S ] ]",
        9: "G [ T { i } ] b@7",
        10: "s@0-3 b@1 { s }@4",
        11: "G w w@1 M S@5 s [ s B ]",
        12: "G i M S@3",
        13: "G M@0-2 [ M S ]@3",
        14: "G i M S@3 S@5 S@5 [ M B ]",
        15: "{ G } b@3",
        16: "{ s }@4",
        17: "s",
        18: "s@3 s@3",
        19: "[ T i h [ i { i } ] [ s S ] ] i b",
        20: "{ T } i",
        21: "[ T [ i l ] ] i",
        22: "S i l@3 h@3",
        23: "i@3 [ T [ i i i ] ]",
        24: "s l h [ T { i } ]",
        25: "s l h G",
        26: "s l h b",
        28: "s G l h i@3 M@3 S@3 [ T [ i l i@2 S ] ]",
        29: "b S b@1 S S b b",
        30: "[ b s b@1 s s b b ]",
        31: "[ b S b@1 S S b b ]",
        32: "[ b T { s } ] b b@3",
        33: "[ b T [ s S ] ] b",
        35: "[ T { i } ]",
        36: "B",
        37: "[ T i [ { i } ] ] i b",
        42: "{ G }",
        44: "[ b T [ s b S ] ] b",
        47: "G [ T [ i ] ]",
        60: "b b@1",
    ]
}

/// Makes requests: correct ones from the shapes, and broken ones from those.
struct RequestMaker {
    var random: Seeded
    private static let names = ["fuzz-a", "fuzz-b", "fuzz-c", "not there", "", "__consumer_offsets", "a/../b"]
    private static let words = ["range", "retention.ms", "consumer", "fuzz", "cleanup.policy", "compact", "1000", ""]

    struct Made {
        let key: Int16
        let version: Int16
        let correlation: Int32
        var bytes: [UInt8]
    }

    mutating func wellFormed(_ api: API, _ version: Int16) -> Made {
        let correlation = Int32(truncatingIfNeeded: random.next())
        let isFlexible = api.isFlexible(version)
        var bytes: [UInt8] = []
        bytes.appendBigEndian(api.key)
        bytes.appendBigEndian(version)
        bytes.appendBigEndian(correlation)
        bytes.appendBigEndian(Int16(4))
        bytes += Array("fuzz".utf8)
        if isFlexible { bytes.append(0) }
        var tokens = RequestShape.all[api.key, default: ""].split(separator: " ")[...]
        structure(&tokens, version, isFlexible, into: &bytes)
        return Made(key: api.key, version: version, correlation: correlation, bytes: bytes)
    }

    /// Fields up to the closing bracket, then the tagged fields.
    private mutating func structure(
        _ tokens: inout ArraySlice<Substring>,
        _ version: Int16,
        _ isFlexible: Bool,
        into bytes: inout [UInt8]
    ) {
        while let token = tokens.popFirst(), !token.hasPrefix("]") {
            field(token, &tokens, version, isFlexible, into: &bytes)
        }
        if isFlexible { bytes.append(0) }
    }

    private mutating func field(
        _ token: Substring,
        _ tokens: inout ArraySlice<Substring>,
        _ version: Int16,
        _ isFlexible: Bool,
        into bytes: inout [UInt8]
    ) {
        guard token == "[" || token == "{" else {
            if Self.exists(token, version) { value(token.prefix(1), isFlexible, into: &bytes) }
            return
        }
        var depth = 1
        var end = tokens.startIndex
        while end < tokens.endIndex {
            if ["[", "{"].contains(tokens[end]) { depth += 1 }
            if ["]", "}"].contains(tokens[end].prefix(1)) { depth -= 1 }
            if depth == 0 { break }
            end += 1
        }
        let element = tokens[tokens.startIndex..<end]
        let close = tokens[end]
        tokens = tokens[(end + 1)...]
        guard Self.exists(close, version) else { return }
        let count = Int(random.next() % 4)
        length(count, isFlexible, 4, into: &bytes)
        for _ in 0..<count {
            var rest = element
            if token == "[" {
                structure(&rest, version, isFlexible, into: &bytes)
            } else if let single = rest.popFirst() {
                field(single, &rest, version, isFlexible, into: &bytes)
            }
        }
    }

    private static func exists(_ token: Substring, _ version: Int16) -> Bool {
        let parts = token.split(separator: "@")
        guard parts.count == 2 else { return true }
        let bounds = parts[1].split(separator: "-").compactMap { Int16($0) }
        return version >= bounds[0] && (bounds.count == 1 || version <= bounds[1])
    }

    private mutating func value(_ type: Substring, _ isFlexible: Bool, into bytes: inout [UInt8]) {
        switch type {
        case "b": bytes.append(UInt8(truncatingIfNeeded: random.next() % 5))
        case "h": bytes.appendBigEndian(Int16(truncatingIfNeeded: number()))
        case "i": bytes.appendBigEndian(Int32(truncatingIfNeeded: number()))
        case "l": bytes.appendBigEndian(number())
        case "w": bytes.appendBigEndian(Int32(100 + random.next() % 50))  // a time to wait
        case "T": string(random.choice(Self.names), isFlexible, into: &bytes)
        case "G", "M": string(random.choice(["g1", "g2", ""]), isFlexible, into: &bytes)
        case "S" where random.next() % 3 == 0: length(-1, isFlexible, 2, into: &bytes)
        case "s" where random.next() % 64 == 0:
            data([UInt8](repeating: 0xff, count: 30_000), isFlexible, width: 2, into: &bytes)
        case "s", "S": string(random.choice(Self.words), isFlexible, into: &bytes)
        case "B": data((0..<random.next() % 20).map { UInt8($0) }, isFlexible, into: &bytes)
        default: data(batch(), isFlexible, into: &bytes)
        }
    }

    /// Mostly small numbers, sometimes numbers that make arithmetic overflow.
    private mutating func number() -> Int64 {
        switch random.next() % 8 {
        case 0: random.choice([.min, .max, .max - 1, -2, -3, Int64(Int32.max), Int64(Int32.min), Int64(UInt32.max)])
        case 1: -1
        default: Int64(random.next() % 4)
        }
    }

    private mutating func batch() -> [UInt8] {
        var builder = BatchBuilder(timestamp: random.next() % 4 == 0 ? number() : 1_700_000_000_000)
        for index in 0..<(1 + random.next() % 3) { builder.add(key: [UInt8(index)], value: [1, 2, 3]) }
        let attributes: Int16 = random.next() % 8 == 0 ? Int16(truncatingIfNeeded: random.next() & 0x3f) : 0
        guard random.next() % 2 == 0 else { return withLies(builder.batch(attributes: attributes)) }
        let producer = BatchBuilder.Producer(
            id: number(),
            epoch: Int16(truncatingIfNeeded: number()),
            sequence: Int32(truncatingIfNeeded: number())
        )
        return withLies(builder.batch(producer: producer, attributes: attributes))
    }

    /// Changes fields of the header or a record, and corrects the checksum (except sometimes).
    private mutating func withLies(_ batch: [UInt8]) -> [UInt8] {
        var batch = batch
        for _ in 0..<(random.next() % 3) {
            switch random.next() % 4 {
            case 0: put(Int32(truncatingIfNeeded: number()), at: random.choice([8, 23, 57]), in: &batch)
            case 1: put(number(), at: random.choice([0, 27, 35]), in: &batch)
            case 2: batch[Int(random.next() % UInt64(batch.count))] = UInt8(truncatingIfNeeded: random.next())
            default:
                for at in BatchHeader.size..<min(batch.count, BatchHeader.size + 10) { batch[at] = 0xff }
            }
        }
        if random.next() % 5 != 0 {
            put(CRC32C.checksum(Array(batch[BatchHeader.checksummedFrom...])), at: 17, in: &batch)
        }
        return batch
    }

    private func put<T: FixedWidthInteger>(_ value: T, at position: Int, in bytes: inout [UInt8]) {
        var field: [UInt8] = []
        field.appendBigEndian(value)
        for (index, byte) in field.enumerated() where position + index < bytes.count { bytes[position + index] = byte }
    }

    private func string(_ text: String, _ isFlexible: Bool, into bytes: inout [UInt8]) {
        length(text.utf8.count, isFlexible, 2, into: &bytes)
        bytes += Array(text.utf8)
    }

    private func data(_ data: [UInt8], _ isFlexible: Bool, width: Int = 4, into bytes: inout [UInt8]) {
        length(data.count, isFlexible, width, into: &bytes)
        bytes += data
    }

    private func length(_ count: Int, _ isFlexible: Bool, _ width: Int, into bytes: inout [UInt8]) {
        guard isFlexible else {
            if width == 2 { bytes.appendBigEndian(Int16(count)) } else { bytes.appendBigEndian(Int32(count)) }
            return
        }
        var rest = count + 1
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    // MARK: - Broken requests

    /// Breaks a request after its first four bytes (so that it still reaches its handler), or sometimes those as well.
    mutating func broken(_ made: Made) -> [UInt8] {
        var bytes = made.bytes
        for _ in 0...(random.next() % 3) {
            let at = Int(random.next() % UInt64(bytes.count))
            switch random.next() % 8 {
            case 0: bytes[at] ^= UInt8(1 << (random.next() % 8))
            case 1: put(Int32(truncatingIfNeeded: number()), at: at, in: &bytes)
            case 2: put(random.choice([Int32.max, .min, -1, 0x7fff_ffff, 0x0100_0000]), at: at, in: &bytes)
            case 3: bytes.replaceSubrange(at..., with: repeatElement(0xff, count: 10))  // a varint without an end
            case 4: bytes.removeSubrange(at...)
            case 5: bytes.insert(contentsOf: bytes.prefix(at), at: at)
            case 6: bytes.replaceSubrange(at..., with: [0xff, 0xff, 0xff, 0xff, 0x0f])
            default:
                bytes =
                    Array(bytes.prefix(8))
                    + (0..<random.next() % 64).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            }
            if bytes.isEmpty { bytes = [0] }
        }
        return bytes
    }
}

extension Seeded {
    mutating func choice<T>(_ choices: [T]) -> T { choices[Int(next() % UInt64(choices.count))] }
}
