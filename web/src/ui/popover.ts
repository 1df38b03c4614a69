const GAP_PX = 4;

/** Shows a popover beside the element that opened it, inside the window. */
export function showBeside(popover: HTMLElement, anchor: HTMLElement): void {
  popover.showPopover();
  const from = anchor.getBoundingClientRect();
  const size = popover.getBoundingClientRect();
  const below = from.bottom + GAP_PX + size.height <= innerHeight;
  const top = below ? from.bottom + GAP_PX : from.top - GAP_PX - size.height;
  popover.style.top = `${Math.max(GAP_PX, Math.min(top, innerHeight - size.height - GAP_PX))}px`;
  popover.style.left = `${Math.max(GAP_PX, Math.min(from.right - size.width, innerWidth - size.width - GAP_PX))}px`;
}
