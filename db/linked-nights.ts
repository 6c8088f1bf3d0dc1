/**
 * Whether, at whatever is linked to a property, its host keeps any of these nights for themselves or another platform has
 * sold them: then they are not to be had here either. No rows of this property tell of it, as they do of bookings: asked
 * behind the locks of all of them, it is certain. `id` and `nights` are SQL, of a property's id and of a range of dates or several.
 */
export function areKeptNextDoor(id: string, nights: string): string {
  return `exists (
    select from property_links l
      join stays kept on kept.property_id = case l.room_id when ${id} then l.home_id else l.room_id end
    where (l.room_id = ${id} or l.home_id = ${id})
      and kept.live and kept.kind in ('block', 'import') and kept.nights && ${nights})`;
}
