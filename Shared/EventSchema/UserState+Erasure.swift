public import Identifiers

extension UserState {
    /// The address of somebody whose data were erased: in a domain that never exists (RFC 2606, section 2). Nobody else can have it, since
    /// an id is given to one person only.
    public static func erasedAddress(of user: UserID) -> String { "\(user)@erased.invalid" }

    /// What stands where the name of somebody stood whose data were erased.
    public static let erasedName = "erased"

    /// Whether the person's data were erased. Whoever keeps anything of them that is more than the id has to forget it, too.
    public var isErased: Bool { email == Self.erasedAddress(of: id) }
}
