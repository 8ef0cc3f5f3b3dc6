import EventSchema
import Foundation
import Identifiers

/// Values as bytes that can be read in one way only: what a hash or a signature covers.
struct CanonicalForm {
    private(set) var bytes: [UInt8] = []

    init(version: UInt8) {
        bytes.reserveCapacity(512)
        bytes.append(version)
    }

    mutating func append(_ text: String?) {
        guard var text else { return append(count: UInt32.max) }
        text.withUTF8 {
            append(count: UInt32($0.count))
            bytes.append(contentsOf: $0)
        }
    }

    mutating func append(_ value: [UInt8]) {
        append(count: UInt32(value.count))
        bytes.append(contentsOf: value)
    }

    mutating func append(_ number: Int64) {
        append(count: 8)
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ time: Date) {
        append(time.microseconds)
    }

    mutating func append<Kind>(_ id: Identifier<Kind>?) {
        guard let id else { return append(count: UInt32.max) }
        append(count: 16)
        withUnsafeBytes(of: id.rawValue.uuid) { bytes.append(contentsOf: $0) }
    }

    private mutating func append(count: UInt32) {
        withUnsafeBytes(of: count.bigEndian) { bytes.append(contentsOf: $0) }
    }
}
