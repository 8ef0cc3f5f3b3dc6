import Avro
import Foundation

/// A place in bytes that hold Avro (1.11, "Binary Encoding"). Every length is checked against what is there.
struct AvroCursor {
    private let memory: UnsafeRawBufferPointer
    private var position: Int

    /// - Parameter memory: Must outlive the cursor.
    init(_ memory: UnsafeRawBufferPointer, at position: Int) {
        self.memory = memory
        self.position = position
    }

    var isAtEnd: Bool { position == memory.count }

    func malformed(_ what: String) -> AvroError { .malformed(path: "byte \(position)", what) }

    @inline(__always)
    mutating func long() throws(AvroError) -> Int64 {
        var (value, shift) = (UInt64(0), UInt64(0))
        while position < memory.count, shift < 64 {
            let byte = memory[position]
            position += 1
            // The tenth byte may hold only one more bit.
            guard shift < 63 || byte <= 1 else { break }
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1) }
            shift += 7
        }
        throw malformed("it is no integer")
    }

    @inline(__always)
    mutating func double() throws(AvroError) -> Double {
        guard memory.count - position >= 8 else { throw malformed("the bytes end too early") }
        defer { position += 8 }
        let word = memory.loadUnaligned(fromByteOffset: position, as: UInt64.self)
        return Double(bitPattern: UInt64(littleEndian: word))
    }

    /// A length and that many bytes.
    mutating func bytes() throws(AvroError) -> UnsafeRawBufferPointer {
        let count = try long()
        guard count >= 0, count <= memory.count - position else { throw malformed("\(count) bytes can't be here") }
        defer { position += Int(count) }
        return UnsafeRawBufferPointer(rebasing: memory[position..<position + Int(count)])
    }

    mutating func uuid() throws(AvroError) -> UUID {
        guard let uuid = UUID(hexadecimal: try bytes()) else { throw malformed("it is no UUID") }
        return uuid
    }

    mutating func array<Element>(
        _ element: (inout AvroCursor) throws(AvroError) -> Element
    ) throws(AvroError) -> [Element] {
        var elements: [Element] = []
        while true {
            var count = try long()
            if count == 0 { return elements }
            if count < 0 {
                // A block that says how long it is, for those who skip it.
                count = count == Int64.min ? Int64.max : -count
                _ = try long()
            }
            guard count <= memory.count - position else { throw malformed("\(count) items can't be here") }
            elements.reserveCapacity(elements.count + Int(count))
            for _ in 0..<count { elements.append(try element(&self)) }
        }
    }
}
