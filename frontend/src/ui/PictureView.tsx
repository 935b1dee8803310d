import { ActionIcon, Tooltip } from "@mantine/core";
import { type Icon, IconArrowsMaximize, IconRotateClockwise2, IconZoomIn, IconZoomOut } from "@tabler/icons-react";
import {
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "../lib/format";
import classes from "./PictureView.module.css";

/** How much larger than the window a picture can be shown. */
const most = 8;
const step = 1.5;

interface View {
  /** 1: all of the picture is in the window. */
  zoom: number;
  /** In degrees, clockwise. */
  turned: number;
}

const fitting: View = { zoom: 1, turned: 0 };

interface Props {
  src: string;
  /** What the picture shows. */
  label: string;
}

/**
 * A picture to be looked at closely: enlarged by buttons, by + and -, or by Ctrl and the wheel; turned by a quarter with R;
 * 0 brings it back. What is larger than its window is moved with the arrow keys, or dragged.
 */
export function PictureView({ src, label }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const scroller = useRef<HTMLElement>(null);
  const [natural, setNatural] = useState({ width: 0, height: 0 });
  const { view, enlarge, reduce, turn, fitIn, onKeyDown } = useView(scroller);

  const lying = view.turned % 180 !== 0;
  const [wide, high] = lying ? [natural.height, natural.width] : [natural.width, natural.height];
  const measures = { "--wide": wide, "--high": high, "--zoom": view.zoom } as CSSProperties;

  return (
    <div>
      <div className={classes.bar}>
        <Tool icon={IconZoomOut} label={t("verification.view.out")} keys="-" onClick={reduce} />
        <span className={classes.scale} role="status" aria-label={t("verification.view.scale")}>
          {formats.percent(view.zoom)}
        </span>
        <Tool icon={IconZoomIn} label={t("verification.view.in")} keys="+" onClick={enlarge} />
        <Tool icon={IconRotateClockwise2} label={t("verification.view.turn")} keys="R" onClick={turn} />
        <Tool icon={IconArrowsMaximize} label={t("verification.view.fit")} keys="0" onClick={fitIn} />
      </div>
      <section
        ref={scroller}
        className={`${classes.window} ${view.zoom > 1 ? classes.enlarged : ""}`}
        style={measures}
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the Tab key
        tabIndex={0}
        onKeyDown={onKeyDown}
        onPointerDown={drag}
      >
        <div className={classes.stage}>
          <img
            src={src}
            alt={label}
            draggable={false}
            onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
              setNatural({ width: naturalWidth, height: naturalHeight })
            }
            style={{
              inlineSize: `calc(${natural.width} * var(--scale))`,
              blockSize: `calc(${natural.height} * var(--scale))`,
              transform: `translate(-50%, -50%) rotate(${view.turned}deg)`,
            }}
          />
        </div>
      </section>
    </div>
  );
}

const bounded = (zoom: number) => Math.min(most, Math.max(1, zoom));

/** How the picture is seen, and what changes that. */
function useView(scroller: RefObject<HTMLElement | null>) {
  const [view, setView] = useState(fitting);
  const keep = useKeptPoint(scroller, view);
  const zoomBy = (factor: number) => {
    keep();
    setView((old) => ({ ...old, zoom: bounded(old.zoom * factor) }));
  };
  const enlarge = () => zoomBy(step);
  const reduce = () => zoomBy(1 / step);
  const turn = () => {
    keep();
    setView((old) => ({ ...old, turned: (old.turned + 90) % 360 }));
  };
  const fitIn = () => setView(fitting);

  // Where React listens to wheels, nothing can keep the browser from enlarging the page as well.
  useEffect(() => {
    const window = scroller.current;
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey || !window) return;
      event.preventDefault();
      const { left, top, width, height } = window.getBoundingClientRect();
      keep((event.clientX - left) / width, (event.clientY - top) / height);
      setView((old) => ({ ...old, zoom: bounded(old.zoom * Math.exp(-event.deltaY / 300)) }));
    };
    window?.addEventListener("wheel", onWheel, { passive: false });
    return () => window?.removeEventListener("wheel", onWheel);
  }, [scroller, keep]);

  const acts: Record<string, () => void> = { "+": enlarge, "=": enlarge, "-": reduce, "0": fitIn, r: turn, R: turn };
  const onKeyDown = (event: KeyboardEvent) => {
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  return { view, enlarge, reduce, turn, fitIn, onKeyDown };
}

/**
 * Keeps a point of the window, given as parts of its width and height, over the same point of what is in it: from when it
 * is called until the view has changed.
 */
function useKeptPoint(scroller: RefObject<HTMLElement | null>, view: View) {
  const kept = useRef<(window: HTMLElement) => void>(undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is in the window has another size with another view
  useLayoutEffect(() => {
    if (scroller.current) kept.current?.(scroller.current);
    kept.current = undefined;
  }, [scroller, view]);
  return useCallback(
    (x = 0.5, y = 0.5) => {
      const window = scroller.current;
      if (!window) return;
      const across = (window.scrollLeft + x * window.clientWidth) / window.scrollWidth;
      const down = (window.scrollTop + y * window.clientHeight) / window.scrollHeight;
      kept.current = (changed) => {
        changed.scrollLeft = across * changed.scrollWidth - x * changed.clientWidth;
        changed.scrollTop = down * changed.scrollHeight - y * changed.clientHeight;
      };
    },
    [scroller],
  );
}

/** Moves what is in the window with the mouse; fingers and pens scroll by themselves. */
function drag(event: PointerEvent<HTMLElement>) {
  const window = event.currentTarget;
  // What is hit beside all that is in the window is one of its bars.
  if (event.pointerType !== "mouse" || event.button !== 0 || event.target === window) return;
  const { scrollLeft, scrollTop } = window;
  const { clientX, clientY, pointerId } = event;
  window.setPointerCapture(pointerId);
  const move = (moved: globalThis.PointerEvent) => {
    window.scrollLeft = scrollLeft - (moved.clientX - clientX);
    window.scrollTop = scrollTop - (moved.clientY - clientY);
  };
  const end = new AbortController();
  window.addEventListener("pointermove", move, { signal: end.signal });
  for (const name of ["pointerup", "pointercancel"]) window.addEventListener(name, () => end.abort(), { once: true });
}

interface ToolProps {
  icon: Icon;
  label: string;
  /** The key that does the same where the picture has the focus. */
  keys: string;
  onClick: () => void;
}

function Tool({ icon: Sign, label, keys, onClick }: ToolProps) {
  return (
    <Tooltip label={`${label} (${keys})`} openDelay={350}>
      <ActionIcon variant="subtle" color="gray" aria-label={label} aria-keyshortcuts={keys} onClick={onClick}>
        <Sign size={18} stroke={1.7} aria-hidden="true" />
      </ActionIcon>
    </Tooltip>
  );
}
