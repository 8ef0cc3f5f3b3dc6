public import Foundation

/// What a store knows of an object.
public struct ObjectInfo: Hashable, Sendable {
    /// In bytes, of the whole object.
    public let size: Int
    /// What it was put there as, such as `image/jpeg`.
    public let contentType: String
    /// Of the whole object; `nil` if it was put there in parts.
    public let hash: ContentHash?
}

/// An object, or a range of one, that is being read.
public struct StoredObject: Sendable {
    public let info: ObjectInfo
    /// Ends with ``ObjectStoreError/corrupt(_:)`` before its last piece if the store has other bytes than were put there. (A range
    /// has no SHA-256; its size is checked.) Can be read once.
    public let body: ObjectStream
}

/// A page of a list of objects, in the order of their keys' bytes.
public struct ObjectPage: Hashable, Sendable {
    public struct Entry: Hashable, Sendable {
        public let key: ObjectKey
        public let size: Int
        public let modifiedAt: Date
    }

    public let entries: [Entry]
    /// Where the next page begins, behind this key; `nil`: there is none.
    public let next: ObjectKey?
}

/// An object that is being put into the store in parts.
public struct ObjectUpload: Hashable, Sendable {
    public let key: ObjectKey
    /// What the store calls it.
    public let id: String

    public init(key: ObjectKey, id: String) {
        self.key = key
        self.id = id
    }

    /// What S3 says of parts: their numbers, and the smallest of all but the last one, in bytes.
    public static let numbers = 1...10_000
    /// See ``numbers``.
    public static let smallestPart = 5 << 20
}

/// A part that the store has.
public struct ObjectPart: Hashable, Sendable {
    public let number: Int
    public let size: Int
    /// What the store calls these bytes.
    public let tag: String

    public init(number: Int, size: Int, tag: String) {
        self.number = number
        self.size = size
        self.tag = tag
    }
}
